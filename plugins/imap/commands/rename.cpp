// RENAME. RFC 9051 6.3.6: rename = "RENAME" SP mailbox SP mailbox
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "ph/imap/mailbox_name.hpp"

namespace ph_imap {

namespace {

Step rename(Session& s, const Home& from, const std::string& to) {
  auto result = std::make_shared<ph::Status>();
  return s.job(
      ph::Pool::Disk, [result, from, to] { *result = from.account->renameMailbox(from.name, to); },
      [result](Session& session) { return result->ok() ? session.ok("renamed") : session.no(result->error()); });
}

}  // namespace

Step renameMailbox(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string from = parser.mailbox();
  parser.space();
  const std::string to = parser.mailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  const auto source = ph::imap::canonicalMailboxName(from);
  if (!source) return s.no(source.error());
  const auto target = ph::imap::canonicalMailboxName(to);
  if (!target) return s.no(target.error());
  return findHome(s, *source, [target = *target](Session& session, ph::Result<Home> from) {
    if (!from) return session.no(from.error());
    return findHome(session, target, [from = *from](Session& both, ph::Result<Home> to) {
      // RFC 4314 6: no more is told of a place that shares nothing than of one where nothing may be made.
      if (!to && to.error().kind != ph::Kind::NotFound) return both.no(to.error());
      if (!to) return both.no("you may not make mailboxes there", "NOPERM");
      if (to->owner != from.owner) return both.no("a mailbox stays in its account", "CANNOT");
      return rename(both, from, to->name);
    });
  });
}

}  // namespace ph_imap
