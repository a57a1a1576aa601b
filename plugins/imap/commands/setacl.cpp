// SETACL and DELETEACL. RFC 4314 3.1, 3.2: setacl = "SETACL" SP mailbox SP identifier SP mod-rights; deleteacl =
// "DELETEACL" SP mailbox SP identifier
#include "acl.hpp"
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"

namespace ph_imap {

namespace {

struct Change {
  std::string identifier;
  int32_t mode = PH_ACL_REPLACE;
  Rights rights = 0;
};

Step answer(Session& s, const ph::Status& status) {
  if (status.ok()) return s.ok("done");
  if (status.error().kind == ph::Kind::Conflict) return s.no(status.error().text, "CANNOT");
  if (status.error().kind == ph::Kind::Limit) return s.no(status.error().text, "LIMIT");
  return s.no(status.error());
}

Step change(Session& s, const std::string& mailbox, Change c) {
  return findMailbox(s, mailbox, right::kAdminister, [c = std::move(c)](Session& session, ph::Result<Place> place) {
    if (!place) return session.no(place.error());
    auto status = std::make_shared<ph::Status>();
    return session.job(
        ph::Pool::Disk,
        [status, c, account = place->home.account, id = place->info.id] {
          *status = account->setAcl(id, c.identifier, c.mode, c.rights);
        },
        [status](Session& done) { return answer(done, *status); });
  });
}

}  // namespace

Step setAcl(Session& s, ph::imap::Parser& parser) {
  Change c;
  parser.space();
  const std::string mailbox = parser.mailbox();
  parser.space();
  c.identifier = parseIdentifier(parser);
  parser.space();
  const std::string given = parser.astring();
  std::string_view letters = given;
  if (!letters.empty() && (letters.front() == '+' || letters.front() == '-')) {
    c.mode = letters.front() == '+' ? PH_ACL_ADD : PH_ACL_REMOVE;
    letters.remove_prefix(1);
  }
  const auto rights = ph::imap::parseRights(letters);
  if (parser.ok() && !rights) parser.fail("rights are letters out of lrswipkxtea, c and d");
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  c.rights = *rights;
  return change(s, mailbox, std::move(c));
}

Step deleteAcl(Session& s, ph::imap::Parser& parser) {
  Change c;
  parser.space();
  const std::string mailbox = parser.mailbox();
  parser.space();
  c.identifier = parseIdentifier(parser);
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  return change(s, mailbox, std::move(c));
}

}  // namespace ph_imap
