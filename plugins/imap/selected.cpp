#include "selected.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "flags.hpp"
#include "ph/imap/rights.hpp"

namespace ph_imap {

namespace right = ph::imap::right;

namespace {

constexpr size_t kVanishedRanges = 1000;  // per response: some clients read a line as a whole

void appendNumber(std::string& out, uint64_t n) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}

}  // namespace

ph::Result<Selected> Selected::open(std::shared_ptr<ph::Account> account, const ph::MailboxInfo& info,
                                    std::string owner, bool readOnly) {
  auto view = account->mailboxView(info.id);
  if (!view) return view.error();
  Selected s;
  s.account_ = std::move(account);
  s.owner_ = std::move(owner);
  s.realm_ = info.realm;
  s.rights_ = info.rights;
  s.mailboxId_ = info.id;
  s.name_ = info.name_;
  s.keywords_ = info.keywords_;
  s.uidValidity_ = info.uidvalidity;
  s.readOnly_ = readOnly;
  s.view_ = std::move(*view);
  s.flagsModseq_ = s.view_.modseq();
  // The view may be newer than the mailbox's properties.
  s.highestUid_ = std::max(info.uidnext - 1, s.lastUid());
  return s;
}

ph::Result<ph::Account::Ranges> Selected::resolve(const ph::imap::SequenceSet& set, bool uids) const {
  ph::Account::Ranges out;
  if (set.isSavedResult()) {
    for (const auto& r : saved_.ranges()) out.push_back({r.first, r.last});
    return out;
  }
  if (!uids && (set.largest() > count() || (set.hasStar() && count() == 0))) {
    return ph::Error{ph::Kind::Invalid, "no message has this sequence number"};
  }
  const uint32_t last = uids ? lastUid() : count();
  const auto numbers = set.resolve(last);
  for (const auto& r : numbers.ranges()) {
    if (r.first > last) break;
    const uint32_t end = std::min(r.last, last);
    // Between two UIDs of the view lie only messages of the view, and those expunged meanwhile.
    out.push_back(uids ? ph_range{r.first, end} : ph_range{view_.uid(r.first), view_.uid(end)});
  }
  return out;
}

void Selected::reported(uint64_t modseq, const ph::imap::NumberSet& uids) {
  reported_.push_back({modseq, uids});
}

bool Selected::isReported(uint64_t modseq, uint32_t uid) const {
  return std::any_of(reported_.begin(), reported_.end(),
                     [&](const Reported& r) { return r.modseq == modseq && r.uids.contains(uid); });
}

void Selected::writeFlags(std::string& out) const {
  std::string all = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";
  if (!keywords_.empty()) all += ' ' + keywords_;
  out += "* FLAGS (" + all + ")\r\n";
  // RFC 4314 5.1.1: as the user's rights are.
  std::string kept;
  if ((rights_ & right::kFlags) == right::kFlags) {
    kept = all + " \\*";
  } else {
    const auto add = [&](const std::string& flags) { kept += (kept.empty() ? "" : " ") + flags; };
    if (rights_ & right::kWrite) add("\\Answered \\Flagged");
    if (rights_ & right::kDeleteMessages) add("\\Deleted");
    if (rights_ & right::kSeen) add("\\Seen");
    if (rights_ & right::kWrite) add("\\Draft" + (keywords_.empty() ? "" : ' ' + keywords_) + " \\*");
  }
  out += readOnly_ || kept.empty() ? "* OK [PERMANENTFLAGS ()] read-only\r\n"
                                   : "* OK [PERMANENTFLAGS (" + kept + ")] all are kept\r\n";
}

void Selected::refreshRights(std::string& out) {
  if (isOwn()) return;
  const uint32_t now = account_->rights(mailboxId_);
  const uint32_t before = std::exchange(rights_, now);
  if ((now ^ before) & right::kFlags) writeFlags(out);
}

void Selected::learn(std::string_view keywords, std::string& out) {
  bool fresh = false;
  while (!keywords.empty()) {
    const size_t blank = keywords.find(' ');
    const auto word = keywords.substr(0, blank);
    if (!hasWord(keywords_, word)) {
      if (!keywords_.empty()) keywords_ += ' ';
      keywords_ += word;
      fresh = true;
    }
    keywords.remove_prefix(blank == std::string_view::npos ? keywords.size() : blank + 1);
  }
  if (fresh) writeFlags(out);
}

// What changed on the way to `next`. Only UIDs are kept: a mailbox may have changed as a whole.
ph::Status Selected::begin(ph::View next, const Manner& manner) {
  auto t = std::make_unique<Telling>();
  t->next = std::move(next);
  const auto read = account_->changes(mailboxId_, view_.modseq(), [&](const ph_change& c) {
    if (view_.seq(c.uid) == 0) return;
    // What came after `next` belongs to the following comparison.
    if (c.kind == PH_CHANGE_EXPUNGED) {
      if (t->next.seq(c.uid) == 0) t->expunged.add(c.uid);
    } else if (manner.flags && c.modseq <= t->next.modseq() && c.modseq > flagsModseq_ &&
               !isReported(c.modseq, c.uid)) {
      t->changed.add(c.uid);
    }
  });
  if (!read.ok()) {
    if (read.error().kind != ph::Kind::Conflict) return read;
    compare(*t);
  }
  t->renumber = manner.expunges || t->expunged.isEmpty();
  t->cursor = ph::imap::NumberCursor(t->expunged);
  telling_ = std::move(t);
  return {};
}

// Expunges that far back are forgotten: compare message by message, and tell all flags anew.
void Selected::compare(Telling& t) const {
  t.expunged = t.changed = {};
  for (uint32_t seq = 1; seq <= view_.count(); ++seq) {
    const uint32_t uid = view_.uid(seq);
    (t.next.seq(uid) == 0 ? t.expunged : t.changed).add(uid);
  }
}

// False: out is full.
bool Selected::tellExpunged(const Manner& manner, std::string& out, const std::function<bool()>& full) {
  Telling& t = *telling_;
  while (!t.cursor.isAtEnd()) {
    if (full()) return false;
    if (!manner.vanished) {
      out += "* ";
      appendNumber(out, view_.seq(*t.cursor) - t.removed++);
      out += " EXPUNGE\r\n";
      t.cursor.next();
      continue;
    }
    ph::imap::NumberSet uids;
    for (; !t.cursor.isAtEnd() && uids.ranges().size() < kVanishedRanges; t.cursor.next(), ++t.removed) {
      uids.add(*t.cursor);
    }
    out += "* VANISHED " + uids.toString() + "\r\n";
  }
  if (std::exchange(t.existsTold, true) || t.next.count() == view_.count() - t.removed) return true;
  out += "* ";
  appendNumber(out, t.next.count());
  out += " EXISTS\r\n";
  return true;
}

// False: out is full.
ph::Result<bool> Selected::tellChanged(const Manner& manner, std::string& out, const std::function<bool()>& full) {
  Telling& t = *telling_;
  if (t.changed.isEmpty()) return true;
  ph::Account::Ranges ranges;
  for (const auto& r : t.changed.ranges()) ranges.push_back({r.first, r.last});
  const ph::View& numbers = t.renumber ? t.next : view_;
  do {
    if (full()) return false;
    uint32_t stopped = 0;
    const auto more = account_->query(mailboxId_, ranges, PH_COL_KEYWORDS, t.resume, [&](const ph_row& row) {
      if (stopped == 0 && full()) stopped = row.uid;
      const uint32_t seq = numbers.seq(row.uid);
      // Flags that changed again are told by the following comparison.
      if (stopped == 0 && seq != 0 && row.modseq <= t.next.modseq()) writeChanged(row, seq, manner, out);
    });
    if (!more) return more.error();
    t.resume = stopped != 0 ? stopped : *more;
  } while (t.resume != 0);
  return true;
}

void Selected::writeChanged(const ph_row& row, uint32_t seq, const Manner& manner, std::string& out) {
  learn(ph::view(row.keywords), out);
  out += "* ";
  appendNumber(out, manner.uidOnly ? row.uid : seq);
  if (manner.uidOnly) {
    out += " UIDFETCH (FLAGS ";
  } else {
    out += " FETCH (UID ";
    appendNumber(out, row.uid);
    out += " FLAGS ";
  }
  appendFlags(out, row.flags, ph::view(row.keywords));
  if (manner.modseq) {
    out += " MODSEQ (";
    appendNumber(out, row.modseq);
    out += ')';
    sent(row.modseq);
  }
  out += ")\r\n";
}

// RFC 7162 3.2, 6: a client takes the highest MODSEQ it has seen for its HIGHESTMODSEQ, unless it is told another. It
// is told when a change below that one waits: an expunge that must not be told now, or a commit not seen yet.
void Selected::writeModseq(std::string& out) {
  const bool behind = sent_ > modseq();
  ahead_ = std::max(ahead_, sent_);
  sent_ = 0;
  const bool caughtUp = isBehind_ && ahead_ <= modseq();
  if (behind) isBehind_ = true;
  if (caughtUp) isBehind_ = false;
  if (!behind && !caughtUp) return;
  out += "* OK [HIGHESTMODSEQ ";
  appendNumber(out, modseq());
  out += behind ? "] changes wait to be told\r\n" : "] all changes are told\r\n";
}

ph::Result<Told> Selected::show(const Manner& manner, std::string& out, const std::function<bool()>& full) {
  if (!telling_) {
    auto next = account_->mailboxView(mailboxId_);
    if (!next) return next.error();
    if (next->modseq() != view_.modseq()) {
      if (auto begun = begin(std::move(*next), manner); !begun) return begun.error();
    }
  }
  if (telling_) {
    if (telling_->renumber && !tellExpunged(manner, out, full)) return Told::Part;
    const auto told = tellChanged(manner, out, full);
    if (!told) return told.error();
    if (!*told) return Told::Part;
    end();
  }
  if (manner.modseq) writeModseq(out);
  return Told::All;
}

void Selected::end() {
  const auto t = std::move(telling_);
  flagsModseq_ = t->next.modseq();
  if (!t->renumber) return;
  view_ = std::move(t->next);
  highestUid_ = std::max(highestUid_, lastUid());
  reported_.clear();
  if (!t->expunged.isEmpty()) forgetSaved();
}

// RFC 9051 6.4.4.1: expunged messages leave the saved result.
void Selected::forgetSaved() {
  ph::imap::NumberSet left;
  for (const auto& r : saved_.ranges()) {
    for (uint32_t uid = r.first;; ++uid) {
      if (view_.seq(uid) != 0) left.add(uid);
      if (uid == r.last) break;
    }
  }
  saved_ = std::move(left);
}

}  // namespace ph_imap
