// STATUS. RFC 9051 6.3.11: status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "status_items.hpp"

namespace ph_imap {

Step status(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string name = parser.mailbox();
  parser.space();
  const auto items = parseStatusItems(parser);
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  return findMailbox(s, name, right::kRead, [items](Session& session, ph::Result<Place> place) {
    if (!place) return session.no(place.error());
    writeStatus(session, place->info, items);
    return session.ok("done");
  });
}

}  // namespace ph_imap
