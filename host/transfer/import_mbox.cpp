// Files in mbox format: one, or all in a folder or an archive.
#include <ctime>
#include <unordered_map>

#include "ph/mbox/splitter.hpp"
#include "transfer/entries.hpp"
#include "transfer/mbox_fields.hpp"
#include "transfer/mbox_names.hpp"
#include "transfer/sources.hpp"

namespace posthouse::transfer {
namespace {

constexpr std::size_t kMaxMessage = 256 << 20;
constexpr std::size_t kPiece = 256 * 1024;

class MboxFile {
 public:
  MboxFile(std::string path, std::string mailbox, std::int64_t modified, Importer& importer)
      : path_(std::move(path)), mailbox_(std::move(mailbox)), modified_(modified), importer_(importer) {}

  // What begins like no mbox is left out.
  ph::Status run(Entries& entries) {
    ph::mbox::Splitter splitter(kMaxMessage, [this](ph::mbox::Message&& m) { return take(std::move(m)); });
    std::string piece(kPiece, '\0');
    for (bool first = true;; first = false) {
      const auto got = entries.read(piece.data(), piece.size());
      if (!got) {
        importer_.problem(got.error().text);
        break;
      }
      if (first && *got == 0 && path_.ends_with(".mbox")) return importer_.folder({mailbox_, store::Use::None, true});
      if (*got == 0) break;
      if (first && !begins(std::string_view(piece).substr(0, *got))) {
        importer_.problem(path_ + ": is no mbox, left out");
        return {};
      }
      if (first)
        if (auto done = importer_.folder({mailbox_, store::Use::None, true}); !done) return done;
      if (auto done = splitter.feed(std::string_view(piece).substr(0, *got)); !done) return done;
    }
    return splitter.finish();
  }

 private:
  static bool begins(std::string_view head) {
    const auto text = head.find_first_not_of("\r\n");
    return text == head.npos || head.substr(text).starts_with("From ");
  }

  ph::Status take(ph::mbox::Message&& message) {
    const auto origin = path_ + ", byte " + std::to_string(message.offset);
    if (message.tooLong) {
      importer_.problem(origin + ": is too long");
      return {};
    }
    // The folder's own data in front of what Pine and UW-imapd wrote.
    if (message.bytes.find("Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA") < 2000) return {};
    if (message.bytes.find_first_not_of("\r\n") == std::string::npos) {
      importer_.problem(origin + ": is empty");
      return {};
    }
    auto p = fromMbox(std::move(message));
    if (p.date == 0) p.date = modified_;
    // The same message may stand there more than once; by its contents, so that mail may be added to the file
    // meanwhile.
    const auto hash = keyOf({p.bytes});
    std::uint64_t shortened = 0;
    for (int i = 0; i < 8; ++i)
      shortened = shortened << 8 | static_cast<unsigned char>(hash[static_cast<std::size_t>(i)]);
    const auto occurrence = std::to_string(++seen_[shortened]);
    p.mailbox = mailbox_;
    p.key = keyOf({"mbox", mailbox_, hash, occurrence});
    return importer_.add(std::move(p), origin);
  }

  const std::string path_;
  const std::string mailbox_;
  const std::int64_t modified_;
  Importer& importer_;
  std::unordered_map<std::uint64_t, std::uint32_t> seen_;
};

}  // namespace

ph::Status importMbox(const ImportOptions& options, Importer& importer) {
  auto entries = openEntries(options.path);
  if (!entries) return entries.error();
  const bool alone = (*entries)->single() || options.path == "-";
  Entry entry;
  for (;;) {
    const auto more = (*entries)->next(entry);
    if (!more) {
      importer.problem(more.error().text);
      if (more.error().kind == ph::Kind::Permanent) break;
      continue;
    }
    if (!*more) break;
    const auto name = entry.path.substr(entry.path.rfind('/') + 1);
    if (name.ends_with(".msf") || name.starts_with('.')) continue;
    auto mailbox = alone ? options.mailbox : mailboxOfMbox(entry.path, options.mailbox);
    if (mailbox.empty()) mailbox = "INBOX";
    MboxFile file(entry.path, mailbox, entry.modified != 0 ? entry.modified : std::time(nullptr), importer);
    if (auto done = file.run(**entries); !done) return done;
  }
  return importer.flush();
}

}  // namespace posthouse::transfer
