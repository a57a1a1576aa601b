#include "search/find_task.hpp"

#include <algorithm>

namespace ph_imap {

namespace {

ph::Result<ph::imap::NumberSet> resolveSet(void* ctx, const ph::imap::SequenceSet& set, bool uids) {
  const auto ranges = static_cast<const Selected*>(ctx)->resolve(set, uids);
  if (!ranges) return ranges.error();
  std::vector<ph::imap::NumberRange> out;
  for (const auto& r : *ranges) out.push_back({r.first, r.last});
  return ph::imap::NumberSet::fromRanges(std::move(out));
}

}  // namespace

Progress::Progress(const Session& s) : next_(s.host().monotonicMs() + kTellEvery) {}

bool Progress::tell(Session& s, uint64_t done, uint64_t goal) {
  const uint64_t now = s.host().monotonicMs();
  if (now < next_) return false;
  next_ = now + kTellEvery;
  s.out().raw("* OK [INPROGRESS (").string(s.tag()).raw(" ").number(done).raw(" ").number(goal);
  s.out().raw(")] still searching\r\n");
  return true;
}

FindTask::FindTask(Session& s, ph::imap::SearchReturn result, Matcher matcher, uint32_t columns)
    : result_(result),
      account_(s.selected()->account()),
      scan_(s.host(), s.selected()->account(), s.selected()->mailboxId(), s.selected()->lastUid(), std::move(matcher),
            columns, [this](const ph_row& row) { take(row); }),
      progress_(s) {}

void FindTask::take(const ph_row& row) {
  found_.push_back({row.uid, 0, row.modseq});
}

Step FindTask::step(Session& s) {
  if (more_ && scan_.goal() != 0) {
    if (progress_.tell(s, scan_.progress(), scan_.goal())) return Step::Output;
    return s.job(
        ph::Pool::Disk, [this] { more_ = scan_.run(); }, [this](Session& session) { return step(session); });
  }
  if (!scan_.status().ok()) return s.no(scan_.status().error());
  const ph::View& view = s.selected()->view();
  for (auto& f : found_) {
    const uint32_t seq = view.seq(f.uid);
    f.number = seq != 0 && s.isUid() ? f.uid : seq;
  }
  std::erase_if(found_, [](const Found& f) { return f.number == 0; });
  return answer(s);
}

void FindTask::answerExtended(Session& s, const FoundList& found) {
  if (tellsResult(result_)) {
    auto w = s.out();
    w.raw("* ESEARCH (TAG ").string(s.tag()).raw(")");
    if (s.isUid()) w.raw(" UID");
    writeResult(w, result_, found, asksModseq());
    w.raw("\r\n");
  }
  if (result_.save) s.selected()->save(savedOf(result_, found));
}

std::optional<Matcher> makeMatcher(Session& s, const ph::imap::SearchProgram& program, bool saving, Step* refused) {
  if (!program.charsetKnown) {
    if (saving) s.selected()->save({});
    *refused = s.no("unknown charset", "BADCHARSET (US-ASCII UTF-8)");
    return std::nullopt;
  }
  auto matcher = Matcher::make(program.key, s.host().wallMs() / 1000, &resolveSet, s.selected());
  if (!matcher) {
    *refused = s.bad(matcher.error().text);
    return std::nullopt;
  }
  if (s.uidOnly() && matcher->asksNumbers()) {
    *refused = s.bad("with UIDONLY by UID", "UIDREQUIRED");
    return std::nullopt;
  }
  if (matcher->asksModseq()) s.enableCondstore();
  if (matcher->asksNumbers()) s.holdExpunges();
  return std::move(*matcher);
}

}  // namespace ph_imap
