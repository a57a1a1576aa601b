// STORE. RFC 9051 6.4.6: store = "STORE" SP sequence-set SP ["+" / "-"] "FLAGS" [".SILENT"] SP (flag-list / flags)
#include "commands/table.hpp"
#include "fetch/report_flags.hpp"
#include "flags.hpp"

namespace ph_imap {

namespace {

struct Work {
  ph::Account::Ranges ranges;
  Flags flags;
  int32_t mode = PH_FLAGS_REPLACE;
  bool silent = false;
  ph::Status status;
  uint64_t modseq = 0;
  ph::imap::NumberSet changed;
};

Step stored(Session& s, const std::shared_ptr<Work>& work) {
  if (!work->status.ok()) return s.no(work->status.error());
  // With .SILENT the client knows the outcome, otherwise it is told below: not a second time.
  if (work->modseq != 0) s.selected()->reported(work->modseq, work->changed);
  if (work->silent) return s.ok("stored");
  return s.begin(reportFlags(s, std::move(work->ranges), "stored"));
}

}  // namespace

Step store(Session& s, ph::imap::Parser& parser) {
  auto work = std::make_shared<Work>();
  parser.space();
  const auto set = parser.sequenceSet();
  parser.space();
  if (parser.accept('+')) {
    work->mode = PH_FLAGS_ADD;
  } else if (parser.accept('-')) {
    work->mode = PH_FLAGS_REMOVE;
  }
  if (parser.acceptWord("FLAGS.SILENT")) {
    work->silent = true;
  } else {
    parser.expectWord("FLAGS");
  }
  parser.space();
  std::vector<std::string> names;
  if (parser.peek() == '(') {
    names = parser.flagList();
  } else {
    do names.push_back(parser.flag());
    while (parser.accept(' '));
  }
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  const Selected& mailbox = *s.selected();
  auto ranges = mailbox.resolve(set, s.isUid());
  if (!ranges) return s.bad(ranges.error().text);
  if (mailbox.readOnly()) return s.no("the mailbox is open read-only", "CANNOT");
  if (ranges->empty()) return s.ok("nothing to store");
  work->ranges = std::move(*ranges);
  work->flags = splitFlags(names);
  return s.job(
      ph::Pool::Disk,
      [work, id = mailbox.mailboxId(), account = &s.account()] {
        auto change = ph::sized<ph_store_flags>();
        change.mode = work->mode;
        change.flags = work->flags.system;
        change.keywords = ph::str(work->flags.keywords);
        change.unchanged_since = UINT64_MAX;
        work->status = account->storeFlags(id, work->ranges, change, [&](const ph_change& c) {
          if (c.kind != PH_CHANGE_FLAGS) return;
          work->modseq = c.modseq;
          work->changed.add(c.uid);
        });
      },
      [work](Session& session) { return stored(session, work); });
}

}  // namespace ph_imap
