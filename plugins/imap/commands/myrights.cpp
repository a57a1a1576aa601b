// MYRIGHTS. RFC 4314 3.5, 3.8: myrights = "MYRIGHTS" SP mailbox
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"

namespace ph_imap {

Step myRights(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string mailbox = parser.mailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  return findMailbox(s, mailbox, 0, [](Session& session, ph::Result<Place> place) {
    if (!place) return session.no(place.error());
    if (!(place->info.rights & right::kTold)) return session.no("no such mailbox", "NONEXISTENT");
    auto w = session.out();
    w.raw("* MYRIGHTS ").mailbox(place->info.name_).raw(" ");
    w.astring(ph::imap::rightsText(place->info.rights)).raw("\r\n");
    return session.ok("done");
  });
}

}  // namespace ph_imap
