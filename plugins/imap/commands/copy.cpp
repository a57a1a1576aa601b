// COPY and MOVE. RFC 9051 6.4.7, 6.4.8: copy = "COPY" SP sequence-set SP mailbox. COPYUID as RFC 4315 3 has it.
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "notify/notifier.hpp"

namespace ph_imap {

namespace {

struct Work {
  ph::Account::Ranges ranges;
  uint32_t uidValidity = 0;
  uint64_t target = 0;
  ph::Status status;
  ph::imap::NumberSet from, to;
};

std::string copyUid(const Work& w) {
  return "COPYUID " + std::to_string(w.uidValidity) + " " + w.from.toString() + " " + w.to.toString();
}

Step finished(Session& s, const Work& w, bool moving) {
  if (!w.status.ok()) {
    return w.status.error().kind == ph::Kind::NotFound ? s.no("the mailbox was deleted", "TRYCREATE")
                                                       : s.no(w.status.error());
  }
  if (w.from.isEmpty()) return s.ok(moving ? "nothing to move" : "nothing to copy");
  if (s.notifier()) s.notifier()->own(w.target, w.to);
  if (!moving) return s.ok("copied", copyUid(w));
  // RFC 9051 6.4.8: before the EXPUNGE responses, so not in the tagged one.
  s.out().raw("* OK [").raw(copyUid(w)).raw("] moved\r\n");
  return s.okWithModseq("moved");
}

Step begin(Session& s, ph::imap::Parser& parser, bool moving) {
  auto work = std::make_shared<Work>();
  parser.space();
  const auto set = parser.sequenceSet();
  parser.space();
  const std::string name = parser.mailbox();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  const Selected& source = *s.selected();
  auto ranges = source.resolve(set, s.isUid());
  if (!ranges) return s.bad(ranges.error().text);
  if (moving && source.readOnly()) return s.no("the mailbox is open read-only", "CANNOT");
  const auto target = findMailbox(s, name);
  if (!target) {
    return s.no(target.error().text, target.error().kind == ph::Kind::NotFound ? "TRYCREATE" : "CANNOT");
  }
  if (moving && target->id == source.mailboxId()) return s.no("the messages are in this mailbox already", "CANNOT");
  if (ranges->empty()) return s.ok(moving ? "nothing to move" : "nothing to copy");
  work->ranges = std::move(*ranges);
  work->uidValidity = target->uidvalidity;
  work->target = target->id;
  return s.job(
      ph::Pool::Disk,
      [work, moving, from = source.mailboxId(), to = target->id, account = &s.account()] {
        const auto each = [&](const ph_change& c) {
          work->from.add(c.uid);
          work->to.add(c.new_uid);
        };
        work->status =
            moving ? account->move(from, work->ranges, to, each) : account->copy(from, work->ranges, to, each);
      },
      [work, moving](Session& session) { return finished(session, *work, moving); });
}

}  // namespace

Step copy(Session& s, ph::imap::Parser& parser) {
  return begin(s, parser, false);
}

Step move(Session& s, ph::imap::Parser& parser) {
  return begin(s, parser, true);
}

}  // namespace ph_imap
