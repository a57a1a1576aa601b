// RENAME. RFC 9051 6.3.6: rename = "RENAME" SP mailbox SP mailbox
#include "commands/table.hpp"
#include "ph/imap/mailbox_name.hpp"

namespace ph_imap {

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
  auto result = std::make_shared<ph::Status>();
  return s.job(
      ph::Pool::Disk,
      [result, from = *source, to = *target, account = &s.account()] { *result = account->renameMailbox(from, to); },
      [result](Session& session) { return result->ok() ? session.ok("renamed") : session.no(result->error()); });
}

}  // namespace ph_imap
