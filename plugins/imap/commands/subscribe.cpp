// SUBSCRIBE and UNSUBSCRIBE. RFC 9051 6.3.7, 6.3.8. Subscriptions are the user's own, to mailboxes of others too.
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "ph/imap/mailbox_name.hpp"

namespace ph_imap {

namespace {

Step keep(Session& s, const std::string& name, bool on) {
  auto result = std::make_shared<ph::Status>();
  return s.job(
      ph::Pool::Disk, [result, on, name, account = s.ownAccount()] { *result = account->subscribe(name, on); },
      [result](Session& session) { return result->ok() ? session.ok("done") : session.no(result->error()); });
}

Step change(Session& s, ph::imap::Parser& parser, bool on) {
  parser.space();
  const std::string name = parser.mailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  const auto canonical = ph::imap::canonicalMailboxName(name);
  if (!canonical) return s.no(canonical.error());
  if (!on || !isOfOthers(s, *canonical)) return keep(s, *canonical, on);
  return findMailbox(s, *canonical, right::kLookup, [name = *canonical](Session& session, ph::Result<Place> place) {
    return place ? keep(session, name, true) : session.no(place.error());
  });
}

}  // namespace

Step subscribe(Session& s, ph::imap::Parser& parser) {
  return change(s, parser, true);
}

Step unsubscribe(Session& s, ph::imap::Parser& parser) {
  return change(s, parser, false);
}

}  // namespace ph_imap
