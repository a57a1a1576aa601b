// SUBSCRIBE and UNSUBSCRIBE. RFC 9051 6.3.7, 6.3.8.
#include "commands/table.hpp"
#include "ph/imap/mailbox_name.hpp"

namespace ph_imap {

namespace {

Step change(Session& s, ph::imap::Parser& parser, bool on) {
  parser.space();
  const std::string name = parser.mailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  const auto canonical = ph::imap::canonicalMailboxName(name);
  if (!canonical) return s.no(canonical.error());
  auto result = std::make_shared<ph::Status>();
  return s.job(
      ph::Pool::Disk,
      [result, on, name = *canonical, account = &s.account()] { *result = account->subscribe(name, on); },
      [result](Session& session) { return result->ok() ? session.ok("done") : session.no(result->error()); });
}

}  // namespace

Step subscribe(Session& s, ph::imap::Parser& parser) {
  return change(s, parser, true);
}

Step unsubscribe(Session& s, ph::imap::Parser& parser) {
  return change(s, parser, false);
}

}  // namespace ph_imap
