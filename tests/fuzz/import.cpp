// What is imported from elsewhere: responses of another IMAP server, names in a maildir, fields of an mbox.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "ph/mbox/splitter.hpp"
#include "ph/text/utf8.hpp"
#include "transfer/imap_value.hpp"
#include "transfer/maildir_names.hpp"
#include "transfer/mbox_fields.hpp"

namespace {

using namespace posthouse::transfer;

void demand(bool ok) {
  if (!ok) std::abort();
}

size_t depth(const ImapValue& value) {
  size_t most = 0;
  for (const auto& item : value.items) most = std::max(most, depth(item));
  demand(value.isList() || value.items.empty());
  return value.isList() ? most + 1 : 0;
}

void response(std::string_view line) {
  demand(literalAtEnd(line) >= -1);
  for (const size_t count : {0, 1, 2}) {
    const auto values = parseImap(line, std::vector<std::string>(count, "a literal"));
    if (!values) continue;
    for (const auto& value : *values) {
      demand(depth(value) <= 33);
      (void)value.find("UID");
    }
  }
  const auto quoted = quotedImap(line);
  if (quoted.empty()) return;
  const auto back = parseImap("* " + quoted, {});
  demand(back && !back->empty() && back->back().text == line);
}

void maildir(const std::string& text) {
  const auto letters = parseKeywords(text);
  demand(letters.size() <= 26);
  const auto name = parseMaildirName(text, letters);
  demand(name.base.size() <= text.size());
  const std::string mailbox = mailboxOfMaildir(text);
  demand(ph::text::isUtf8(mailbox));
  (void)maildirFolder(mailbox);
  (void)maildirRoot({text, text + "/x"});
}

// What is written is read as it was.
void mbox(const std::string& text) {
  ph::mbox::Message message;
  message.fromLine = text.substr(0, text.find('\n'));
  message.bytes = text;
  Parcel parcel = fromMbox(std::move(message));
  std::vector<Parcel> back;
  ph::mbox::Splitter splitter(1 << 20, [&](ph::mbox::Message&& m) {
    back.push_back(fromMbox(std::move(m)));
    return ph::Status();
  });
  const std::string written = toMbox(parcel);
  if (written.size() > (1 << 20)) return;
  demand(splitter.feed(written).ok() && splitter.finish().ok());
  demand(back.size() == 1 && back[0].flags == parcel.flags && back[0].keywords == parcel.keywords);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  response(text);
  maildir(std::string(text));
  mbox(std::string(text));
  return 0;
}
