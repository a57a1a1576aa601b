// STORE. RFC 9051 6.4.6: store = "STORE" SP sequence-set [store-modifiers] SP ["+" / "-"] "FLAGS" [".SILENT"] SP
// (flag-list / flags); store-modifiers = SP "(" "UNCHANGEDSINCE" SP mod-sequence ")" (RFC 7162 3.1.3)
#include "commands/store_report.hpp"
#include "commands/table.hpp"
#include "flags.hpp"

namespace ph_imap {

namespace {

struct Arguments {
  ph::imap::SequenceSet set;
  std::optional<uint64_t> unchangedSince;
  int32_t mode = PH_FLAGS_REPLACE;
  bool silent = false;
  std::vector<std::string> names;
};

struct Work {
  ph::Account::Ranges ranges;
  uint64_t told = 0;  // the client knows all flags up to this MODSEQ
  uint64_t unchangedSince = UINT64_MAX;
  Flags flags;
  int32_t mode = PH_FLAGS_REPLACE;
  bool silent = false;
  ph::Status status;
  uint64_t modseq = 0;
  ph::imap::NumberSet changed, refused;  // UIDs; changed: so that the client knows the outcome
};

ph::Account::Ranges rangesOf(const ph::imap::NumberSet& uids) {
  ph::Account::Ranges out;
  for (const auto& r : uids.ranges()) out.push_back({r.first, r.last});
  return out;
}

ph::Status apply(Work& work, ph::Account& account, uint64_t mailboxId, const ph::Account::Ranges& ranges,
                 uint64_t unchangedSince, bool clientKnows) {
  auto change = ph::sized<ph_store_flags>();
  change.mode = work.mode;
  change.flags = work.flags.system;
  change.keywords = ph::str(work.flags.keywords);
  change.unchanged_since = unchangedSince;
  work.refused = {};
  return account.storeFlags(mailboxId, ranges, change, [&](const ph_change& c) {
    if (c.kind == PH_CHANGE_REFUSED) work.refused.add(c.uid);
    if (c.kind != PH_CHANGE_FLAGS || !clientKnows) return;
    work.modseq = c.modseq;
    work.changed.add(c.uid);
  });
}

// The store keeps at most one of these: setting one takes the other away.
bool isExclusive(const Work& w) {
  return w.mode != PH_FLAGS_REMOVE && (hasWord(w.flags.keywords, "$Junk") || hasWord(w.flags.keywords, "$NotJunk"));
}

// On a pool thread. A client that asks for silence works out new flags from those it knows. Where others have changed
// them since, it would never hear of that: those messages are changed in a second step, and told.
void work(Work& w, ph::Account& account, uint64_t mailboxId) {
  if (w.silent && isExclusive(w)) {
    w.status = apply(w, account, mailboxId, w.ranges, w.unchangedSince, false);
    return;
  }
  const bool guesses = w.silent && w.mode != PH_FLAGS_REPLACE;
  if (!guesses || w.unchangedSince <= w.told) {
    w.status = apply(w, account, mailboxId, w.ranges, w.unchangedSince, true);
    return;
  }
  w.status = apply(w, account, mailboxId, w.ranges, w.told, true);
  if (w.status.ok() && !w.refused.isEmpty()) {
    w.status = apply(w, account, mailboxId, rangesOf(w.refused), w.unchangedSince, false);
  }
}

Arguments parse(ph::imap::Parser& parser) {
  Arguments a;
  parser.space();
  a.set = parser.sequenceSet();
  parser.space();
  if (parser.accept('(')) {
    parser.expectWord("UNCHANGEDSINCE");
    parser.space();
    a.unchangedSince = parser.number64();
    parser.expect(')');
    parser.space();
  }
  if (parser.accept('+')) {
    a.mode = PH_FLAGS_ADD;
  } else if (parser.accept('-')) {
    a.mode = PH_FLAGS_REMOVE;
  }
  if (parser.acceptWord("FLAGS.SILENT")) {
    a.silent = true;
  } else {
    parser.expectWord("FLAGS");
  }
  parser.space();
  if (parser.peek() == '(') {
    a.names = parser.flagList();
  } else {
    do a.names.push_back(parser.flag());
    while (parser.accept(' '));
  }
  parser.end();
  return a;
}

// RFC 7162 3.1.3: numbers for STORE, UIDs for UID STORE.
std::string modified(const Session& s, const Selected& mailbox, const ph::imap::NumberSet& refused) {
  if (refused.isEmpty()) return {};
  ph::imap::NumberSet numbers;
  for (const auto& r : refused.ranges()) {
    for (uint32_t uid = r.first;; ++uid) {
      if (const uint32_t seq = mailbox.view().seq(uid)) numbers.add(s.isUid() ? uid : seq);
      if (uid == r.last) break;
    }
  }
  return numbers.isEmpty() ? std::string() : "MODIFIED " + numbers.toString();
}

Step stored(Session& s, Work& work) {
  if (!work.status.ok()) return s.no(work.status.error());
  Selected& mailbox = *s.selected();
  // With .SILENT the client knows the outcome, otherwise it is told below: not a second time.
  if (work.modseq != 0) mailbox.reported(work.modseq, work.changed);
  const bool conditional = work.unchangedSince != UINT64_MAX;
  StoreReport report;
  report.code = modified(s, mailbox, work.refused);
  report.silent = work.silent;
  report.ranges = std::move(work.ranges);
  report.refused = std::move(work.refused);
  if (work.silent && !conditional) {
    if (!s.condstore() || work.changed.isEmpty()) return s.ok("stored");
    report.ranges = rangesOf(work.changed);
  }
  return s.begin(reportStore(std::move(report)));
}

}  // namespace

Step store(Session& s, ph::imap::Parser& parser) {
  const Arguments a = parse(parser);
  if (!parser.ok()) return s.bad(parser.status().error().text);
  const Selected& mailbox = *s.selected();
  auto ranges = mailbox.resolve(a.set, s.isUid());
  if (!ranges) return s.bad(ranges.error().text);
  if (a.unchangedSince) s.enableCondstore();
  if (mailbox.readOnly()) return s.no("the mailbox is open read-only", "CANNOT");
  if (ranges->empty()) return s.ok("nothing to store");
  auto w = std::make_shared<Work>();
  w->ranges = std::move(*ranges);
  w->told = mailbox.toldModseq();
  w->flags = splitFlags(a.names);
  w->mode = a.mode;
  w->silent = a.silent;
  if (a.unchangedSince) w->unchangedSince = *a.unchangedSince;
  return s.job(
      ph::Pool::Disk, [w, id = mailbox.mailboxId(), account = mailbox.sharedAccount()] { work(*w, *account, id); },
      [w](Session& session) { return stored(session, *w); });
}

}  // namespace ph_imap
