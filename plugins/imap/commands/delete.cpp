// DELETE. RFC 9051 6.3.5: delete = "DELETE" SP mailbox
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "ph/imap/mailbox_name.hpp"

namespace ph_imap {

namespace {

Step remove(Session& s, Place place) {
  if (place.info.has_children) return s.no("the mailbox has children", "HASCHILDREN");
  auto result = std::make_shared<ph::Status>();
  return s.job(
      ph::Pool::Disk, [result, home = place.home] { *result = home.account->deleteMailbox(home.name); },
      [result, key = place.key()](Session& session) {
        if (!result->ok()) {
          return result->error().kind == ph::Kind::Conflict ? session.no(result->error().text, "HASCHILDREN")
                                                            : session.no(result->error());
        }
        if (session.selected() && session.selected()->key() == key) {
          session.select(nullptr);
          session.out().raw("* OK [CLOSED] the selected mailbox was deleted\r\n");
        }
        return session.ok("deleted");
      });
}

}  // namespace

Step deleteMailbox(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string name = parser.mailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  return findMailbox(s, name, right::kDeleteMailbox, [](Session& session, ph::Result<Place> place) {
    if (!place) return session.no(place.error());
    if (place->home.name == ph::imap::kInbox) return session.no("INBOX can't be deleted", "CANNOT");
    return remove(session, std::move(*place));
  });
}

}  // namespace ph_imap
