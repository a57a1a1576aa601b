#include "status_items.hpp"

#include <algorithm>

#include "object_id.hpp"

namespace ph_imap {

namespace {

using Read = std::string (*)(const ph::MailboxInfo&, const Settings&);

struct Item {
  std::string_view name;
  Read read;
};

constexpr Item kItems[] = {
    {"MESSAGES", [](const ph::MailboxInfo& m, const Settings&) { return std::to_string(m.messages); }},
    {"UIDNEXT", [](const ph::MailboxInfo& m, const Settings&) { return std::to_string(m.uidnext); }},
    {"UIDVALIDITY", [](const ph::MailboxInfo& m, const Settings&) { return std::to_string(m.uidvalidity); }},
    {"UNSEEN", [](const ph::MailboxInfo& m, const Settings&) { return std::to_string(m.unseen); }},
    {"DELETED", [](const ph::MailboxInfo& m, const Settings&) { return std::to_string(m.deleted); }},
    // RFC 9208 4.1.4. What an expunge frees is not known without reading it all: copies share their octets.
    {"DELETED-STORAGE", [](const ph::MailboxInfo&, const Settings&) { return std::to_string(0); }},
    {"SIZE", [](const ph::MailboxInfo& m, const Settings&) { return std::to_string(m.bytes); }},
    {"RECENT", [](const ph::MailboxInfo&, const Settings&) { return std::to_string(0); }},  // RFC 3501 only
    {"HIGHESTMODSEQ", [](const ph::MailboxInfo& m, const Settings&) { return std::to_string(m.highestmodseq); }},
    {"MAILBOXID",
     [](const ph::MailboxInfo& m, const Settings&) { return "(" + mailboxId(m.realm, m.id, m.uidvalidity) + ")"; }},
    {"APPENDLIMIT", [](const ph::MailboxInfo&, const Settings& s) { return std::to_string(s.appendLimit); }},
};

const Item* find(std::string_view name) {
  const auto* found = std::find_if(std::begin(kItems), std::end(kItems), [&](const Item& i) { return i.name == name; });
  return found == std::end(kItems) ? nullptr : found;
}

}  // namespace

std::vector<std::string> parseStatusItems(ph::imap::Parser& parser) {
  std::vector<std::string> out;
  parser.expect('(');
  do {
    std::string name = parser.word();
    if (parser.ok() && !find(name)) parser.fail("unknown status item");
    // Twice is once: the answer must not be longer than the question.
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
  } while (parser.accept(' '));
  parser.expect(')');
  return out;
}

void writeStatus(Session& s, const ph::MailboxInfo& mailbox, const std::vector<std::string>& items, bool asked) {
  if (asked && std::find(items.begin(), items.end(), "HIGHESTMODSEQ") != items.end()) s.enableCondstore();
  auto w = s.out();
  w.raw("* STATUS ").mailbox(mailbox.name_).raw(" (");
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) w.raw(" ");
    w.raw(items[i]).raw(" ").raw(find(items[i])->read(mailbox, s.settings()));
  }
  w.raw(")\r\n");
}

}  // namespace ph_imap
