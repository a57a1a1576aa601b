// LSUB. RFC 3501 6.3.9: lsub = "LSUB" SP mailbox SP list-mailbox
#include <set>

#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "ph/imap/mailbox_name.hpp"

namespace ph_imap {

namespace {

Step tell(Session& s, const ph::imap::ListPattern& pattern, const std::vector<Listed>& all) {
  std::set<std::string_view> shown;
  for (const auto& l : all) {
    const auto& m = l.place.info;
    if (m.subscribed && pattern.matches(m.name_)) {
      shown.insert(m.name_);
      s.out().raw(m.exists ? "* LSUB () \"/\" " : "* LSUB (\\NoSelect) \"/\" ").mailbox(m.name_).raw("\r\n");
    }
  }
  // "%" stops at a level: names above a subscribed mailbox stand in for it.
  for (const auto& l : all) {
    const auto& m = l.place.info;
    if (!m.subscribed || pattern.matches(m.name_)) continue;
    for (auto up = ph::imap::parentMailbox(m.name_); !up.empty(); up = ph::imap::parentMailbox(up)) {
      if (pattern.matches(up) && shown.insert(up).second) {
        s.out().raw("* LSUB (\\NoSelect) \"/\" ").mailbox(up).raw("\r\n");
      }
    }
  }
  return s.ok("done");
}

}  // namespace

Step lsub(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string reference = parser.mailbox();
  parser.space();
  const std::string name = parser.listMailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  const ph::imap::ListPattern pattern(reference + name);
  return gatherMailboxes(s, mayNameOthers(reference + name),
                         [pattern](Session& session, ph::Result<std::vector<Listed>> all) {
                           return all ? tell(session, pattern, *all) : session.no(all.error());
                         });
}

}  // namespace ph_imap
