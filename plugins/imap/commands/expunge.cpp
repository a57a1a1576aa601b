// EXPUNGE and UID EXPUNGE. RFC 9051 6.4.3, 6.4.9, RFC 7162 3.2.7, 3.2.9: what was removed is told like any other
// change.
#include "commands/table.hpp"

namespace ph_imap {

Step expunge(Session& s, ph::imap::Parser& parser) {
  ph::imap::SequenceSet set;
  if (s.isUid()) {
    parser.space();
    set = parser.sequenceSet();
  }
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  const Selected& mailbox = *s.selected();
  if (mailbox.readOnly()) return s.no("the mailbox is open read-only", "CANNOT");
  ph::Account::Ranges ranges{{1, mailbox.lastUid()}};
  if (s.isUid()) ranges = mailbox.resolve(set, true).valueOr({});
  if (mailbox.count() == 0 || ranges.empty()) return s.ok("nothing to expunge");
  auto result = std::make_shared<ph::Status>();
  return s.job(
      ph::Pool::Disk,
      [result, id = mailbox.mailboxId(), ranges, account = mailbox.sharedAccount()] {
        *result = account->expunge(id, ranges, [](const ph_change&) {});
      },
      [result](Session& session) {
        return result->ok() ? session.okWithModseq("expunged") : session.no(result->error());
      });
}

}  // namespace ph_imap
