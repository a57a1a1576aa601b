// CLOSE. RFC 9051 6.4.1: expunges without telling, unless the mailbox was opened read-only.
#include "commands/table.hpp"

namespace ph_imap {

Step close(Session& s, ph::imap::Parser& parser) {
  parser.end();
  if (!parser.ok()) return s.bad("CLOSE has no arguments");
  const bool readOnly = s.selected()->readOnly();
  const uint64_t id = s.selected()->mailboxId();
  const ph::Account::Ranges known{{1, s.selected()->lastUid()}};
  const bool empty = s.selected()->count() == 0;
  const auto account = s.selected()->sharedAccount();
  s.select(nullptr);
  if (readOnly || empty) return s.ok("closed");
  auto result = std::make_shared<ph::Status>();
  return s.job(
      ph::Pool::Disk, [result, id, known, account] { *result = account->expunge(id, known, [](const ph_change&) {}); },
      [result](Session& session) {
        // The mailbox is closed in any case; one that was deleted meanwhile has nothing left to expunge, and who may
        // not expunge does not (RFC 4314 4).
        const bool done =
            result->ok() || result->error().kind == ph::Kind::NotFound || result->error().kind == ph::Kind::Denied;
        return done ? session.ok("closed") : session.no(result->error());
      });
}

}  // namespace ph_imap
