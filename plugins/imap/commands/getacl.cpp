// GETACL. RFC 4314 3.3, 3.6: getacl = "GETACL" SP mailbox. The owner comes first, though it is in no list.
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"

namespace ph_imap {

Step getAcl(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string mailbox = parser.mailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  return findMailbox(s, mailbox, right::kAdminister, [](Session& session, ph::Result<Place> place) {
    if (!place) return session.no(place.error());
    const auto entries = place->home.account->acl(place->info.id);
    if (!entries) return session.no(entries.error());
    const std::string& owner = place->home.owner;
    auto w = session.out();
    w.raw("* ACL ").mailbox(place->info.name_);
    w.raw(" ").astring(owner.empty() ? session.accountName() : owner).raw(" ");
    w.astring(ph::imap::rightsText(right::kAll));
    for (const auto& e : *entries) w.raw(" ").astring(e.identifier).raw(" ").astring(ph::imap::rightsText(e.rights));
    w.raw("\r\n");
    return session.ok("done");
  });
}

}  // namespace ph_imap
