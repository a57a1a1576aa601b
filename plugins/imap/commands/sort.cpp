// SORT. RFC 5256 3 (BASE.6.4.SORT): sort = ["UID" SP] "SORT" SP sort-criteria SP search-criteria; with the return
// options of RFC 5267 3 (ESORT) and the criteria of RFC 5957 (SORT=DISPLAY).
#include <algorithm>

#include "commands/table.hpp"
#include "ph/imap/sort_program.hpp"
#include "search/find_task.hpp"

namespace ph_imap {

namespace {

using Keys = std::vector<ph::imap::SortKey>;

uint32_t columnsOf(const Keys& keys) {
  using Kind = ph::imap::SortKey::Kind;
  uint32_t out = 0;
  for (const auto& key : keys) {
    if (key.kind == Kind::Arrival) {
      out |= PH_COL_DATES;
    } else if (key.kind == Kind::Size) {
      out |= PH_COL_SIZE;
    } else {
      out |= PH_COL_ENVELOPE | (key.kind == Kind::Date ? PH_COL_DATES : 0);
    }
  }
  return out;
}

class Sort final : public FindTask {
 public:
  Sort(Session& s, ph::imap::SearchReturn result, Matcher matcher, Keys keys)
      : FindTask(s, result, std::move(matcher), columnsOf(keys)), keys_(std::move(keys)) {}

 private:
  void take(const ph_row& row) override {
    FindTask::take(row);
    const ph::imap::EnvelopeFields envelope(ph::view(row.envelope));
    const ph::imap::SortSource source{envelope, row.internal_date, row.rfc822_size};
    ph::imap::SortItem item{row.uid, {}};
    for (const auto& key : keys_) item.values.push_back(ph::imap::sortValue(key.kind, source));
    items_.push_back(std::move(item));
  }

  // Sorting many messages takes a while: not on a session thread.
  Step answer(Session& s) override {
    return s.job(
        ph::Pool::Disk, [this] { ph::imap::sortItems(items_, keys_); },
        [this](Session& session) { return tell(session); });
  }

  Step tell(Session& s) {
    FoundList sorted;
    for (const auto& item : items_) {
      const auto at = std::lower_bound(found_.begin(), found_.end(), item.number,
                                       [](const Found& f, uint32_t uid) { return f.uid < uid; });
      if (at != found_.end() && at->uid == item.number) sorted.push_back(*at);
    }
    if (result_.given) {
      answerExtended(s, sorted);
      return s.ok("sorted");
    }
    auto w = s.out();
    w.raw("* SORT");
    for (const auto& f : sorted) w.raw(" ").number(f.number);
    // RFC 7162 3.1.6.
    if (asksModseq() && !sorted.empty()) w.raw(" (MODSEQ ").number(modseqOf(result_, sorted)).raw(")");
    w.raw("\r\n");
    return s.ok("sorted");
  }

  const Keys keys_;
  std::vector<ph::imap::SortItem> items_;
};

}  // namespace

Step sort(Session& s, ph::imap::Parser& parser) {
  ph::imap::SearchReturn result;
  parser.space();
  if (parser.acceptWord("RETURN")) {
    result = ph::imap::parseSearchReturn(parser);
    parser.space();
  }
  auto keys = ph::imap::parseSortKeys(parser);
  const auto program = ph::imap::parseSearchCriteria(parser);
  if (!parser.ok()) return s.bad(parser.status().error().text);
  Step refused = Step::Answered;
  auto matcher = makeMatcher(s, program, result.save, &refused);
  if (!matcher) return refused;
  return s.begin(std::make_unique<Sort>(s, result, std::move(*matcher), std::move(keys)));
}

}  // namespace ph_imap
