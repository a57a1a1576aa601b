// LISTRIGHTS. RFC 4314 3.4, 3.7: listrights = "LISTRIGHTS" SP mailbox SP identifier. No rights are tied together.
#include "acl.hpp"
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"

namespace ph_imap {

namespace {

Step tell(Session& s, const Place& place, const std::string& identifier, const std::string& written) {
  const auto rights = place.home.account->listRights(place.info.id, identifier);
  if (!rights) return s.no(rights.error());
  auto w = s.out();
  // The identifier as the client wrote it.
  w.raw("* LISTRIGHTS ").mailbox(place.info.name_).raw(" ").astring(written).raw(" ");
  w.astring(ph::imap::rightsText(rights->always));
  for (const char letter : ph::imap::rightsText(rights->possible)) w.raw(" ").raw({&letter, 1});
  w.raw("\r\n");
  return s.ok("done");
}

}  // namespace

Step listRights(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string mailbox = parser.mailbox();
  parser.space();
  auto ahead = parser;
  const std::string written = ahead.astring();
  const std::string identifier = parseIdentifier(parser);
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  return findMailbox(s, mailbox, right::kAdminister, [=](Session& session, ph::Result<Place> place) {
    return place ? tell(session, *place, identifier, written) : session.no(place.error());
  });
}

}  // namespace ph_imap
