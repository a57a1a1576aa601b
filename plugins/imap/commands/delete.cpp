// DELETE. RFC 9051 6.3.5: delete = "DELETE" SP mailbox
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"

namespace ph_imap {

Step deleteMailbox(Session& s, ph::imap::Parser& parser) {
  parser.space();
  const std::string name = parser.mailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  const auto mailbox = findMailbox(s, name);
  if (!mailbox) return s.no(mailbox.error());
  if (mailbox->has_children) return s.no("the mailbox has children", "HASCHILDREN");
  auto result = std::make_shared<ph::Status>();
  return s.job(
      ph::Pool::Disk,
      [result, name = mailbox->name_, account = &s.account()] { *result = account->deleteMailbox(name); },
      [result, id = mailbox->id](Session& session) {
        if (!result->ok()) {
          return result->error().kind == ph::Kind::Conflict ? session.no(result->error().text, "HASCHILDREN")
                                                            : session.no(result->error());
        }
        if (session.selected() && session.selected()->mailboxId() == id) {
          session.select(nullptr);
          session.out().raw("* OK [CLOSED] the selected mailbox was deleted\r\n");
        }
        return session.ok("deleted");
      });
}

}  // namespace ph_imap
