// SEARCH. RFC 9051 6.4.4: search = "SEARCH" [search-return-opts] SP search-program; ESEARCH of RFC 4731, "$" of
// RFC 5182. The scan runs on a pool, in slices: no worker is held for long, and a client that is gone ends it.
#include <algorithm>
#include <chrono>

#include "commands/table.hpp"
#include "ph/imap/search_key.hpp"
#include "search/matcher.hpp"

namespace ph_imap {

namespace {

constexpr auto kSlice = std::chrono::milliseconds(200);

ph::Result<ph::imap::NumberSet> resolveSet(void* ctx, const ph::imap::SequenceSet& set, bool uids) {
  const auto ranges = static_cast<const Selected*>(ctx)->resolve(set, uids);
  if (!ranges) return ranges.error();
  std::vector<ph::imap::NumberRange> out;
  for (const auto& r : *ranges) out.push_back({r.first, r.last});
  return ph::imap::NumberSet::fromRanges(std::move(out));
}

// A row with its strings, to be looked at after the query ended.
struct Row {
  explicit Row(const ph_row& r) : row(r), keywords(ph::view(r.keywords)), parts(ph::view(r.parts)) {}
  ph_row row;
  std::string keywords, parts;
};

class Search final : public Task {
 public:
  Search(Session& s, ph::imap::SearchReturn result, Matcher matcher)
      : matcher_(std::move(matcher)),
        result_(result),
        account_(s.account()),
        mailboxId_(s.selected()->mailboxId()),
        lastUid_(s.selected()->lastUid()) {}

  Step step(Session& s) override {
    if (done_ || lastUid_ == 0) return answer(s);
    return s.job(
        ph::Pool::Disk, [this] { scan(); }, [this](Session& session) { return step(session); });
  }

 private:
  // On a pool thread; uses this task and the account only.
  void scan() {
    const auto until = std::chrono::steady_clock::now() + kSlice;
    do {
      if (next_ == rows_.size() && !readRows()) return;
      while (next_ < rows_.size()) {
        Row& r = rows_[next_++];
        r.row.keywords = ph::str(r.keywords);
        r.row.parts = ph::str(r.parts);
        if (matcher_.matches(account_, r.row)) add(r.row);
        if (std::chrono::steady_clock::now() >= until) return;
      }
    } while (std::chrono::steady_clock::now() < until);
  }

  void add(const ph_row& row) {
    if (found_.isEmpty()) firstModseq_ = row.modseq;
    found_.add(row.uid);
    lastModseq_ = row.modseq;
    highestModseq_ = std::max(highestModseq_, row.modseq);
  }

  // False: there are no more.
  bool readRows() {
    rows_.clear();
    next_ = 0;
    if (queried_) {
      done_ = true;
      return false;
    }
    const auto more = account_.query(mailboxId_, {{1, lastUid_}}, matcher_.columns(), resume_,
                                     [&](const ph_row& row) { rows_.emplace_back(row); });
    if (!more) {
      status_ = more.error();
      done_ = true;
      return false;
    }
    resume_ = *more;
    queried_ = resume_ == 0;
    return true;
  }

  Step answer(Session& s) {
    if (!status_.ok()) return s.no(status_.error());
    const ph::View& view = s.selected()->view();
    // Only messages the client knows; what it gets are its numbers.
    ph::imap::NumberSet uids, numbers;
    for (const auto& r : found_.ranges()) {
      for (uint32_t uid = r.first;; ++uid) {
        if (const uint32_t seq = view.seq(uid)) {
          uids.add(uid);
          numbers.add(s.isUid() ? uid : seq);
        }
        if (uid == r.last) break;
      }
    }
    write(s, numbers);
    if (result_.save) save(s, std::move(uids));
    return s.ok("searched");
  }

  // RFC 4731 3.2: the highest of the messages that are told.
  uint64_t modseq() const {
    if (!result_.given || result_.all || result_.count || !(result_.min || result_.max)) return highestModseq_;
    return std::max(result_.min ? firstModseq_ : 0, result_.max ? lastModseq_ : 0);
  }

  void write(Session& s, const ph::imap::NumberSet& numbers) {
    auto w = s.out();
    if (!result_.given && !s.rev2()) {
      w.raw("* SEARCH");
      for (const auto& r : numbers.ranges()) {
        for (uint32_t n = r.first;; ++n) {
          w.raw(" ").number(n);
          if (n == r.last) break;
        }
      }
      // RFC 7162 3.1.6.
      if (matcher_.asksModseq() && !numbers.isEmpty()) w.raw(" (MODSEQ ").number(modseq()).raw(")");
      w.raw("\r\n");
      return;
    }
    const bool all = result_.all || (!result_.min && !result_.max && !result_.count && !result_.save);
    // RFC 5182 2.1: SAVE alone asks for no answer.
    if (!all && !result_.min && !result_.max && !result_.count) return;
    w.raw("* ESEARCH (TAG ").string(s.tag()).raw(")");
    if (s.isUid()) w.raw(" UID");
    if (!numbers.isEmpty()) {
      if (result_.min) w.raw(" MIN ").number(numbers.ranges().front().first);
      if (result_.max) w.raw(" MAX ").number(numbers.ranges().back().last);
      if (all) w.raw(" ALL ").numberSet(numbers);
    }
    if (result_.count) w.raw(" COUNT ").number(numbers.count());
    if (matcher_.asksModseq() && !numbers.isEmpty()) w.raw(" MODSEQ ").number(modseq());
    w.raw("\r\n");
  }

  // RFC 9051 6.4.4.1: with MIN or MAX but not ALL or COUNT, only those are saved.
  void save(Session& s, ph::imap::NumberSet uids) const {
    const bool extremes = (result_.min || result_.max) && !result_.all && !result_.count;
    if (!extremes || uids.isEmpty()) return s.selected()->save(std::move(uids));
    ph::imap::NumberSet few;
    if (result_.min) few.add(uids.ranges().front().first);
    if (result_.max) few.add(uids.ranges().back().last);
    s.selected()->save(std::move(few));
  }

  Matcher matcher_;
  ph::imap::SearchReturn result_;
  const ph::Account& account_;
  const uint64_t mailboxId_;
  const uint32_t lastUid_;
  std::vector<Row> rows_;
  size_t next_ = 0;
  uint32_t resume_ = 0;
  bool queried_ = false;
  bool done_ = false;
  ph::imap::NumberSet found_;
  uint64_t firstModseq_ = 0;  // of the found messages: that of the first, of the last, and the highest
  uint64_t lastModseq_ = 0;
  uint64_t highestModseq_ = 0;
  ph::Status status_;
};

}  // namespace

Step search(Session& s, ph::imap::Parser& parser) {
  const auto program = ph::imap::parseSearch(parser);
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (!program.charsetKnown) {
    if (program.result.save) s.selected()->save({});
    return s.no("unknown charset", "BADCHARSET (US-ASCII UTF-8)");
  }
  auto matcher = Matcher::make(program.key, s.host().wallMs() / 1000, &resolveSet, s.selected());
  if (!matcher) return s.bad(matcher.error().text);
  if (s.uidOnly() && matcher->asksNumbers()) return s.bad("with UIDONLY by UID", "UIDREQUIRED");
  if (matcher->asksModseq()) s.enableCondstore();
  if (matcher->asksNumbers()) s.holdExpunges();
  return s.begin(std::make_unique<Search>(s, program.result, std::move(*matcher)));
}

}  // namespace ph_imap
