#include "selected.hpp"

#include <algorithm>
#include <charconv>

namespace ph_imap {

namespace {

struct FlagName {
  uint32_t bit;
  std::string_view name;
};
constexpr FlagName kFlags[] = {{PH_FLAG_SEEN, "\\Seen"},
                               {PH_FLAG_ANSWERED, "\\Answered"},
                               {PH_FLAG_FLAGGED, "\\Flagged"},
                               {PH_FLAG_DELETED, "\\Deleted"},
                               {PH_FLAG_DRAFT, "\\Draft"}};

void appendNumber(std::string& out, uint64_t n) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}

}  // namespace

void appendFlags(std::string& out, uint32_t flags, std::string_view keywords) {
  out += '(';
  const size_t start = out.size();
  for (const auto& f : kFlags) {
    if (!(flags & f.bit)) continue;
    if (out.size() > start) out += ' ';
    out += f.name;
  }
  if (!keywords.empty()) {
    if (out.size() > start) out += ' ';
    out += keywords;
  }
  out += ')';
}

ph::Result<Selected> Selected::open(const ph::Account& account, const ph::MailboxInfo& info, bool readOnly) {
  auto view = account.mailboxView(info.id);
  if (!view) return view.error();
  Selected s;
  s.mailboxId_ = info.id;
  s.name_ = info.name_;
  s.uidValidity_ = info.uidvalidity;
  s.readOnly_ = readOnly;
  s.view_ = std::move(*view);
  s.flagsModseq_ = s.view_.modseq();
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

ph::Result<std::vector<Selected::Change>> Selected::collect(const ph::Account& account, const ph::View& next) const {
  std::vector<Change> out;
  const auto read = account.changes(mailboxId_, view_.modseq(), [&](const ph_change& c) {
    // What came after `next` belongs to the following comparison.
    if (c.modseq > next.modseq() || view_.seq(c.uid) == 0) return;
    const bool expunged = c.kind == PH_CHANGE_EXPUNGED;
    if (!expunged && (c.modseq <= flagsModseq_ || isReported(c.modseq, c.uid))) return;
    out.push_back({c.uid, expunged, c.flags, expunged ? std::string() : std::string(ph::view(c.keywords))});
  });
  if (read.ok()) return out;
  if (read.error().kind != ph::Kind::Conflict) return read.error();
  // Expunges that far back are forgotten: compare message by message, and tell all flags anew.
  out.clear();
  for (uint32_t seq = 1; seq <= view_.count(); ++seq) {
    const uint32_t uid = view_.uid(seq);
    if (next.seq(uid) == 0) out.push_back({uid, true, 0, {}});
  }
  const ph::Account::Ranges all{{1, lastUid()}};
  for (uint32_t resume = 0; lastUid() != 0;) {
    const auto more = account.query(mailboxId_, all, PH_COL_KEYWORDS, resume, [&](const ph_row& row) {
      if (view_.seq(row.uid) != 0 && next.seq(row.uid) != 0) {
        out.push_back({row.uid, false, row.flags, std::string(ph::view(row.keywords))});
      }
    });
    if (!more) return more.error();
    if (*more == 0) break;
    resume = *more;
  }
  return out;
}

ph::Status Selected::show(const ph::Account& account, bool expunges, std::string& out) {
  auto next = account.mailboxView(mailboxId_);
  if (!next) return next.error();
  if (next->modseq() == view_.modseq()) return {};
  const auto changes = collect(account, *next);
  if (!changes) return changes.error();
  const bool gone = std::any_of(changes->begin(), changes->end(), [](const Change& c) { return c.expunged; });
  const bool renumber = expunges || !gone;

  uint32_t removed = 0;
  for (const Change& c : *changes) {
    if (!c.expunged || !renumber) continue;
    out += "* ";
    appendNumber(out, view_.seq(c.uid) - removed++);
    out += " EXPUNGE\r\n";
  }
  if (renumber && next->count() != view_.count() - removed) {
    out += "* ";
    appendNumber(out, next->count());
    out += " EXISTS\r\n";
  }
  const ph::View& numbers = renumber ? *next : view_;
  for (const Change& c : *changes) {
    if (c.expunged) continue;
    out += "* ";
    appendNumber(out, numbers.seq(c.uid));
    out += " FETCH (UID ";
    appendNumber(out, c.uid);
    out += " FLAGS ";
    appendFlags(out, c.flags, c.keywords);
    out += ")\r\n";
  }
  flagsModseq_ = next->modseq();
  if (!renumber) return {};
  view_ = std::move(*next);
  reported_.clear();
  if (gone && !saved_.isEmpty()) {
    // RFC 9051 6.4.4.1: expunged messages leave the saved result.
    ph::imap::NumberSet left;
    for (const auto& r : saved_.ranges()) {
      for (uint32_t uid = r.first;; ++uid) {
        if (view_.seq(uid) != 0) left.add(uid);
        if (uid == r.last) break;
      }
    }
    saved_ = std::move(left);
  }
  return {};
}

}  // namespace ph_imap
