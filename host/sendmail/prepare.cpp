#include "sendmail/prepare.hpp"

#include <algorithm>

#include "ph/address/addr_spec.hpp"
#include "ph/address/list.hpp"
#include "ph/date/date.hpp"
#include "ph/header/block.hpp"
#include "ph/header/writer.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::sendmail {
namespace {

using ph::address::Mailbox;

std::string withCrlf(std::string_view in, bool dotsAreText) {
  std::string out;
  out.reserve(in.size() + in.size() / 32);
  while (!in.empty()) {
    const size_t end = in.find('\n');
    std::string_view line = in.substr(0, end);
    in.remove_prefix(end == std::string_view::npos ? in.size() : end + 1);
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line == "." && !dotsAreText) break;
    // A CR within a line ends one for some readers and not for others.
    for (const char c : line) out += c == '\r' ? ' ' : c;
    out += "\r\n";
  }
  return out;
}

// Text that begins without a header is all body.
void separate(std::string& message) {
  if (message.starts_with("\r\n")) return;
  const ph::header::Block block(message);
  if (block.fields().empty() || block.fields().front().offset != 0) message.insert(0, "\r\n");
}

std::string domainOf(const Self& self) {
  if (!self.domain.empty()) return self.domain;
  const size_t at = self.from.rfind('@');
  return at == std::string::npos ? std::string() : self.from.substr(at + 1);
}

ph::Result<std::string> complete(const Mailbox& m, const Self& self) {
  const std::string domain = m.domain.empty() ? domainOf(self) : m.domain;
  const std::string text = ph::address::formatAddrSpec(m.localpart, domain);
  if (!ph::address::parseAddrSpec(text)) return ph::Error{ph::Kind::Invalid, "'" + text + "' is not an address"};
  return text;
}

ph::Status addAll(std::string_view list, const Self& self, std::vector<std::string>& to) {
  const auto parsed = ph::address::parseList(list);
  const auto all = ph::address::mailboxes(parsed);
  // Nobody is left out silently. Names without a domain are in the list, and counted as mistakes.
  const auto bare = std::count_if(all.begin(), all.end(), [](const Mailbox& m) { return m.domain.empty(); });
  if (parsed.skipped > static_cast<size_t>(bare))
    return ph::Error{ph::Kind::Invalid, "'" + ph::header::unfold(list.substr(0, 200)) + "' is not an address"};
  for (const auto& m : all) {
    auto text = complete(m, self);
    if (!text) return text.error();
    if (std::find(to.begin(), to.end(), *text) == to.end()) to.push_back(std::move(*text));
  }
  return {};
}

// The message without fields of these names.
std::string without(const std::string& message, const std::vector<std::string_view>& names) {
  const ph::header::Block block(message);
  std::string out;
  size_t kept = 0;
  for (const auto& f : block.fields()) {
    if (std::none_of(names.begin(), names.end(), [&](auto n) { return ph::text::equalsNoCase(f.name, n); })) continue;
    out.append(message, kept, f.offset - kept);
    kept = f.offset + f.size;
  }
  return out.append(message, kept);
}

}  // namespace

ph::Result<Prepared> prepare(const Options& options, std::string_view input, const Self& self) {
  Prepared out;
  out.message = withCrlf(input, options.dotsAreText);
  separate(out.message);
  {
    const ph::header::Block block(out.message);
    for (const auto& r : options.recipients) {
      if (auto s = addAll(r, self, out.recipients); !s) return s.error();
    }
    if (options.fromHeader) {
      // RFC 5322 3.6.6: of mail that is sent again only those it is sent to now.
      const bool again = block.find("resent-to") || block.find("resent-cc") || block.find("resent-bcc");
      for (const char* name : {"to", "cc", "bcc"}) {
        for (const auto* f : block.all(again ? "resent-" + std::string(name) : name)) {
          if (auto s = addAll(f->value, self, out.recipients); !s) return s.error();
        }
      }
    }
  }
  if (out.recipients.empty()) return ph::Error{ph::Kind::Invalid, "no recipient"};
  out.message = without(out.message, {"bcc", "resent-bcc"});

  const ph::header::Block block(out.message);
  std::vector<std::string_view> replaced;
  ph::header::HeaderWriter fields(true);
  auto senders = ph::address::mailboxes(ph::address::parseList(block.value("from")));
  // Cron and its like write "From: root" or "From: root (Cron Daemon)".
  const bool usable = !senders.empty() && std::all_of(senders.begin(), senders.end(), [](const Mailbox& m) {
    return !m.localpart.empty() && !m.domain.empty();
  });
  out.reversePath = self.from;
  if (options.from) {
    out.reversePath.clear();
    const auto text = ph::text::trim(*options.from);
    std::vector<std::string> one;
    if (!text.empty() && text != "<>") {
      if (auto s = addAll(text, self, one); !s) return s.error();
    }
    if (!one.empty()) out.reversePath = one.front();
  }
  if (out.reversePath.empty() && !options.from && usable)
    out.reversePath = senders.front().localpart + "@" + senders.front().domain;
  if (!usable) {
    const size_t at = self.from.rfind('@');
    if (at == std::string::npos)
      return ph::Error{ph::Kind::Invalid, "the message has no sender, and 'from' is not configured"};
    std::string name = options.name;
    if (name.empty() && !senders.empty())
      name = senders.front().name.empty() ? senders.front().localpart : senders.front().name;
    const Mailbox me{name, self.from.substr(0, at), self.from.substr(at + 1)};
    replaced.push_back("from");
    if (auto s = fields.add("From", ph::address::formatMailbox(me)); !s) return s.error();
  }
  if (!block.find("date")) (void)fields.add("Date", ph::date::format({self.now, self.zoneMinutes}));
  if (!block.find("message-id")) (void)fields.add("Message-ID", "<" + self.id + "@" + domainOf(self) + ">");
  if (!replaced.empty()) out.message = without(out.message, replaced);
  out.message.insert(0, fields.text());
  return out;
}

}  // namespace posthouse::sendmail
