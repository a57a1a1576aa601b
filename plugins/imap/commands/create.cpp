// CREATE. RFC 9051 6.3.4, RFC 6154 3: create = "CREATE" SP mailbox [SP "(" "USE" SP "(" [use-attr *(SP use-attr)] ")"
// ")"]
#include <algorithm>

#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "object_id.hpp"
#include "ph/imap/mailbox_name.hpp"
#include "ph/text/ascii.hpp"

namespace ph_imap {

namespace {

uint32_t useBit(std::string_view name) {
  for (const auto& use : kUses) {
    if (ph::text::equalsNoCase(use.name, name)) return use.bit;
  }
  return 0;
}

Step make(Session& s, Home home, std::string written, uint32_t use) {
  auto made = std::make_shared<ph::Result<ph::MailboxInfo>>(ph::Error{ph::Kind::Temporary, "not done"});
  const std::string shown = shownName(home.owner, home.name);
  return s.job(
      ph::Pool::Disk,
      [made, use, home] {
        const auto status = home.account->createMailbox(home.name, use);
        *made = status.ok() ? home.account->mailbox(home.name) : ph::Result<ph::MailboxInfo>(status.error());
      },
      [made, written = std::move(written), shown](Session& session) {
        if (!made->ok()) return session.no(made->error());
        // RFC 9051 6.3.4: tell when the name became another.
        if (session.rev2() && written != shown) {
          session.out().raw("* LIST () \"/\" ").mailbox(shown).raw(" (\"OLDNAME\" (").mailbox(written).raw("))\r\n");
        }
        // RFC 8474 4.1.
        const auto& m = **made;
        return session.ok("created", "MAILBOXID (" + mailboxId(m.realm, m.id, m.uidvalidity) + ")");
      });
}

}  // namespace

Step create(Session& s, ph::imap::Parser& parser) {
  parser.space();
  std::string name = parser.mailbox();
  uint32_t use = 0;
  bool unknownUse = false;
  if (parser.accept(' ')) {
    parser.expect('(');
    parser.expectWord("USE");
    parser.space();
    for (const std::string& attribute : parser.flagList()) {
      const uint32_t bit = useBit(attribute);
      // All and flagged messages are not collected in mailboxes here.
      if (bit == 0 || bit == PH_USE_ALL || bit == PH_USE_FLAGGED) unknownUse = true;
      use |= bit;
    }
    parser.expect(')');
  }
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (unknownUse) return s.no("this special use is not supported", "USEATTR");
  // RFC 9051 6.3.4: a trailing delimiter announces children to come, and is not part of the name.
  if (name.size() > 1 && name.back() == ph::imap::kHierarchyDelimiter) name.pop_back();
  const auto canonical = ph::imap::canonicalMailboxName(name);
  if (!canonical) return s.no(canonical.error());
  return findHome(s, *canonical,
                  [written = std::move(name), name = *canonical, use](Session& session, ph::Result<Home> home) {
                    if (home) return make(session, std::move(*home), written, use);
                    if (home.error().kind != ph::Kind::NotFound) return session.no(home.error());
                    const bool isLevel = std::count(name.begin(), name.end(), ph::imap::kHierarchyDelimiter) < 2;
                    if (isLevel) return session.no("the name stands for the mailboxes of other users", "CANNOT");
                    // RFC 4314 6: as where something is shared, but nothing may be made.
                    return session.no("you may not make mailboxes there", "NOPERM");
                  });
}

}  // namespace ph_imap
