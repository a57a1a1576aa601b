// COPY and MOVE. RFC 9051 6.4.7, 6.4.8: copy = "COPY" SP sequence-set SP mailbox. COPYUID as RFC 4315 3 has it.
#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "notify/notifier.hpp"

namespace ph_imap {

namespace {

struct Work {
  ph::Account::Ranges ranges;
  std::shared_ptr<ph::Account> account;  // what the source is in
  uint64_t source = 0;
  std::optional<Place> target;
  ph::Status status;
  ph::imap::NumberSet from, to;
};

std::string copyUid(const Work& w) {
  return "COPYUID " + std::to_string(w.target->info.uidvalidity) + " " + w.from.toString() + " " + w.to.toString();
}

Step finished(Session& s, const Work& w, bool moving) {
  if (!w.status.ok()) {
    if (w.status.error().kind == ph::Kind::Limit) return s.no(w.status.error().text, "LIMIT");
    const bool gone = w.status.error().kind == ph::Kind::NotFound;
    return gone ? s.no("the mailbox was deleted", "TRYCREATE") : s.no(w.status.error());
  }
  if (w.from.isEmpty()) return s.ok(moving ? "nothing to move" : "nothing to copy");
  if (s.notifier()) s.notifier()->own(w.target->key(), w.to);
  if (!moving) return s.ok("copied", copyUid(w));
  // RFC 9051 6.4.8: before the EXPUNGE responses, so not in the tagged one.
  s.out().raw("* OK [").raw(copyUid(w)).raw("] moved\r\n");
  return s.okWithModseq("moved");
}

// On a pool thread.
void carry(Work& w, bool isOwn, bool moving) {
  ph::Account& account = *w.account;
  ph::Account& target = *w.target->home.account;
  const uint64_t to = w.target->info.id;
  const auto each = [&](const ph_change& c) {
    w.from.add(c.uid);
    w.to.add(c.new_uid);
  };
  if (!isOwn) {
    w.status = account.transfer(w.source, w.ranges, target, to, moving, each);
  } else {
    w.status = moving ? account.move(w.source, w.ranges, to, each) : account.copy(w.source, w.ranges, to, each);
  }
}

Step run(Session& s, const std::shared_ptr<Work>& work, bool moving) {
  const Selected& source = *s.selected();
  if (moving && work->target->key() == source.key()) {
    return s.no("the messages are in this mailbox already", "CANNOT");
  }
  if (work->ranges.empty()) return s.ok(moving ? "nothing to move" : "nothing to copy");
  const bool isOwn = source.isOwn() && work->target->home.owner.empty();
  return s.job(
      ph::Pool::Disk, [work, isOwn, moving] { carry(*work, isOwn, moving); },
      [work, moving](Session& session) { return finished(session, *work, moving); });
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
  work->account = source.sharedAccount();
  work->source = source.mailboxId();
  work->ranges = std::move(*ranges);
  return findMailbox(s, name, right::kInsert, [work, moving](Session& session, ph::Result<Place> target) {
    if (!target) {
      const auto& why = target.error();
      return why.kind == ph::Kind::NotFound ? session.no(why.text, "TRYCREATE") : session.no(why);
    }
    work->target = std::move(*target);
    return run(session, work, moving);
  });
}

}  // namespace

Step copy(Session& s, ph::imap::Parser& parser) {
  return begin(s, parser, false);
}

Step move(Session& s, ph::imap::Parser& parser) {
  return begin(s, parser, true);
}

}  // namespace ph_imap
