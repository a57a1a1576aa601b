// Account::setFlags: RFC 9051 6.4.6, with UNCHANGEDSINCE of RFC 7162 3.1.3.
#include <algorithm>

#include "store/account.hpp"
#include "store/core.hpp"
#include "store/junk_flags.hpp"

namespace posthouse::store {
namespace {

// What a message has after a change. Both lists are sorted and spelled alike. Setting one of $Junk and $NotJunk
// removes the other; set together they mean nothing and go (RFC 9051 2.3.2).
std::string combine(std::string_view old, const std::string& given, FlagChange::Mode mode) {
  if (given.empty() && mode != FlagChange::Replace) return std::string(old);
  const auto words = splitKeywords(given);
  std::set<std::string> set;
  if (mode != FlagChange::Replace)
    for (auto& word : splitKeywords(old)) set.insert(std::move(word));
  for (const auto& word : words) {
    if (mode == FlagChange::Remove) {
      set.erase(word);
    } else {
      set.insert(word);
    }
  }
  const std::string junk(kJunk), notJunk(kNotJunk);
  if (mode != FlagChange::Remove && set.contains(junk) && set.contains(notJunk)) {
    const auto state = junkStateOf(words);
    if (state != JunkState::Junk) set.erase(junk);
    if (state != JunkState::NotJunk) set.erase(notJunk);
  }
  std::string joined;
  for (const auto& word : set) joined.append(joined.empty() ? "" : " ").append(word);
  return joined;
}

class SetFlags final : public Change {
 public:
  SetFlags(MailboxId mailbox, const UidSet& uids, const FlagChange& change)
      : mailbox_(mailbox), uids_(uids), change_(change) {}

  ph::Status apply(Step& step) override {
    auto mailbox = step.mailbox(mailbox_);
    if (!mailbox) return mailbox.error();
    const bool makes = change_.mode != FlagChange::Remove && change_.limit.keywords;
    const auto given = step.keywords(mailbox_, change_.what.keywords, makes);
    if (!given) return given.error();
    for (const auto& range : uids_)
      if (auto done = collect(step, range, *given, **mailbox); !done) return done;
    for (const auto& row : result.changed) {
      db::Scoped update(step.db.cached("UPDATE messages SET flags=?,keywords=?,modseq=? WHERE mailbox=? AND uid=?"));
      update->bind(1, row.flags).bind(3, step.modSeq).bind(4, mailbox_).bind(5, row.uid);
      if (!row.keywords.empty()) update->text(2, row.keywords);
      if (auto done = update->run(); !done) return done;
    }
    if (!result.changed.empty()) step.touch(**mailbox, Notice::Flags);
    return {};
  }

  FlagsChanged result;

 private:
  ph::Status collect(Step& step, const UidRange& range, const std::string& given, Mailbox& mailbox) {
    db::Scoped row(step.db.cached(
        "SELECT uid,flags,keywords,modseq FROM messages WHERE mailbox=? AND uid BETWEEN ? AND ? ORDER BY uid"));
    row->bind(1, mailbox_).bind(2, range.first).bind(3, range.last);
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) return {};
      const auto uid = static_cast<Uid>(row->integer(0));
      if (change_.unchangedSince && row->integer(3) > *change_.unchangedSince) {
        result.refused.push_back(uid);
        continue;
      }
      const auto old = static_cast<std::uint32_t>(row->integer(1));
      const auto limit = change_.limit.flags & kAllFlags;
      const auto what = change_.what.flags & limit;
      const auto flags = change_.mode == FlagChange::Add      ? old | what
                         : change_.mode == FlagChange::Remove ? old & ~what
                                                              : (old & ~limit) | what;
      auto keywords = change_.limit.keywords ? combine(row->bytes(2), given, change_.mode) : std::string(row->bytes(2));
      if (flags == old && keywords == row->bytes(2)) continue;
      count(mailbox, old, 0, -1);
      count(mailbox, flags, 0, 1);
      result.changed.push_back({uid, step.modSeq, flags, std::move(keywords)});
    }
  }

  const MailboxId mailbox_;
  const UidSet& uids_;
  const FlagChange& change_;
};

}  // namespace

ph::Result<FlagsChanged> Account::setFlags(MailboxId mailbox, const UidSet& uids, const FlagChange& change) {
  SetFlags job(mailbox, uids, change);
  if (auto done = core_->commit(job); !done) return done.error();
  return std::move(job.result);
}

}  // namespace posthouse::store
