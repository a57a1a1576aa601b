#include "selected.hpp"

#include <algorithm>
#include <charconv>

#include "flags.hpp"

namespace ph_imap {

namespace {

void appendNumber(std::string& out, uint64_t n) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, n).ptr);
}

}  // namespace

ph::Result<Selected> Selected::open(const ph::Account& account, const ph::MailboxInfo& info, bool readOnly) {
  auto view = account.mailboxView(info.id);
  if (!view) return view.error();
  Selected s;
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
  out +=
      readOnly_ ? "* OK [PERMANENTFLAGS ()] read-only\r\n" : "* OK [PERMANENTFLAGS (" + all + " \\*)] all are kept\r\n";
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

ph::Result<std::vector<Selected::Change>> Selected::collect(const ph::Account& account, const ph::View& next) const {
  std::vector<Change> out;
  const auto read = account.changes(mailboxId_, view_.modseq(), [&](const ph_change& c) {
    if (view_.seq(c.uid) == 0) return;
    // What came after `next` belongs to the following comparison.
    if (c.kind == PH_CHANGE_EXPUNGED) {
      if (next.seq(c.uid) == 0) out.push_back({c.uid, true, 0, 0, {}});
    } else if (c.modseq <= next.modseq() && c.modseq > flagsModseq_ && !isReported(c.modseq, c.uid)) {
      out.push_back({c.uid, false, c.flags, c.modseq, std::string(ph::view(c.keywords))});
    }
  });
  if (read.ok()) return out;
  if (read.error().kind != ph::Kind::Conflict) return read.error();
  return compare(account, next);
}

// Expunges that far back are forgotten: compare message by message, and tell all flags anew.
ph::Result<std::vector<Selected::Change>> Selected::compare(const ph::Account& account, const ph::View& next) const {
  std::vector<Change> out;
  for (uint32_t seq = 1; seq <= view_.count(); ++seq) {
    const uint32_t uid = view_.uid(seq);
    if (next.seq(uid) == 0) out.push_back({uid, true, 0, 0, {}});
  }
  const ph::Account::Ranges all{{1, lastUid()}};
  for (uint32_t resume = 0; lastUid() != 0;) {
    const auto more = account.query(mailboxId_, all, PH_COL_KEYWORDS, resume, [&](const ph_row& row) {
      if (view_.seq(row.uid) != 0 && next.seq(row.uid) != 0) {
        out.push_back({row.uid, false, row.flags, row.modseq, std::string(ph::view(row.keywords))});
      }
    });
    if (!more) return more.error();
    if (*more == 0) break;
    resume = *more;
  }
  return out;
}

void Selected::writeExpunged(const std::vector<Change>& changes, bool vanished, std::string& out) const {
  ph::imap::NumberSet uids;
  uint32_t removed = 0;
  for (const Change& c : changes) {
    if (!c.expunged) continue;
    if (vanished) {
      uids.add(c.uid);
      continue;
    }
    out += "* ";
    appendNumber(out, view_.seq(c.uid) - removed++);
    out += " EXPUNGE\r\n";
  }
  if (!uids.isEmpty()) out += "* VANISHED " + uids.toString() + "\r\n";
}

void Selected::writeChanged(const std::vector<Change>& changes, const ph::View& numbers, bool modseq,
                            std::string& out) {
  for (const Change& c : changes) {
    if (c.expunged) continue;
    learn(c.keywords, out);
    out += "* ";
    appendNumber(out, numbers.seq(c.uid));
    out += " FETCH (UID ";
    appendNumber(out, c.uid);
    out += " FLAGS ";
    appendFlags(out, c.flags, c.keywords);
    if (modseq) {
      out += " MODSEQ (";
      appendNumber(out, c.modseq);
      out += ')';
      sent(c.modseq);
    }
    out += ")\r\n";
  }
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

ph::Status Selected::show(const ph::Account& account, const Manner& manner, std::string& out) {
  auto next = account.mailboxView(mailboxId_);
  if (!next) return next.error();
  if (next->modseq() != view_.modseq()) {
    const auto changes = collect(account, *next);
    if (!changes) return changes.error();
    const bool gone = std::any_of(changes->begin(), changes->end(), [](const Change& c) { return c.expunged; });
    const bool renumber = manner.expunges || !gone;
    if (renumber) {
      writeExpunged(*changes, manner.vanished, out);
      const auto removed = std::count_if(changes->begin(), changes->end(), [](const Change& c) { return c.expunged; });
      if (next->count() != view_.count() - static_cast<uint32_t>(removed)) {
        out += "* ";
        appendNumber(out, next->count());
        out += " EXISTS\r\n";
      }
    }
    writeChanged(*changes, renumber ? *next : view_, manner.modseq, out);
    flagsModseq_ = next->modseq();
    if (renumber) {
      view_ = std::move(*next);
      highestUid_ = std::max(highestUid_, lastUid());
      reported_.clear();
      if (gone) forgetSaved();
    }
  }
  if (manner.modseq) writeModseq(out);
  return {};
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
