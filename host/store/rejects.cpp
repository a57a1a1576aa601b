#include "store/rejects.hpp"

#include "store/hash.hpp"
#include "store/junk_flags.hpp"
#include "store/threads.hpp"

namespace posthouse::store {
namespace {

constexpr std::int64_t kKeep = 14 * 86400;
constexpr std::uint32_t kMaxRejects = 1000;

// Takes out what `row` gives as UIDs.
ph::Status remove(Step& step, Mailbox& mailbox, db::Scoped& row, std::int64_t keepKeys,
                  std::vector<MessageId>& garbage) {
  UidSet uids;
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) break;
    const auto uid = static_cast<Uid>(row->integer(0));
    uids.push_back({uid, uid});
  }
  const auto rows = hotRows(step, mailbox.id, uids, 0);
  if (!rows) return rows.error();
  if (auto done = takeOut(step, mailbox, *rows); !done) return done;
  return dropUnused(step, *rows, keepKeys, garbage);
}

}  // namespace

ph::Result<bool> admitReject(Step& step, Mailbox& rejects, const Ancestry& ancestry, std::string_view hash,
                             std::int64_t keepKeys, std::vector<MessageId>& garbage) {
  if (!step.settings.keepRejects) {
    db::Scoped row(step.db.cached(
        "SELECT m.uid FROM messages m JOIN deliveries d ON d.id=m.id WHERE m.mailbox=? AND m.saved<? AND d.is_reject "
        "ORDER BY m.uid"));
    row->bind(1, rejects.id).bind(2, step.now - kKeep);
    if (auto done = remove(step, rejects, row, keepKeys, garbage); !done) return done.error();
    if (rejects.messages >= kMaxRejects) return false;
  }
  db::Scoped row(step.db.cached(ancestry.messageId.empty()
                                    ? "SELECT 1 FROM messages m JOIN cold c ON c.id=m.id WHERE m.mailbox=? AND c.hash=?"
                                    : "SELECT 1 FROM links l JOIN messages m ON m.id=l.id JOIN cold c ON c.id=l.id "
                                      "WHERE m.mailbox=? AND l.hash=? AND l.place=0 AND c.message_id=?"));
  row->bind(1, rejects.id);
  if (ancestry.messageId.empty()) {
    row->blob(2, hash);
  } else {
    row->bind(2, hash64(ancestry.messageId)).text(3, ancestry.messageId);
  }
  const auto found = row->step();
  if (!found) return found.error();
  return !*found;
}

ph::Status removeRejects(Step& step, const std::string& messageId, std::int64_t keepKeys,
                         std::vector<MessageId>& garbage) {
  if (messageId.empty() || step.settings.rejectsMailbox.empty()) return {};
  const auto rejects = step.mailbox(std::string_view(step.settings.rejectsMailbox));
  if (!rejects) return rejects.error().kind == ph::Kind::NotFound ? ph::Status() : rejects.error();
  db::Scoped row(step.db.cached(
      "SELECT m.uid FROM links l JOIN messages m ON m.id=l.id JOIN cold c ON c.id=l.id JOIN deliveries d ON d.id=l.id "
      "WHERE m.mailbox=? AND l.hash=? AND l.place=0 AND c.message_id=? AND d.is_reject ORDER BY m.uid"));
  row->bind(1, (*rejects)->id).bind(2, hash64(messageId)).text(3, messageId);
  return remove(step, **rejects, row, keepKeys, garbage);
}

ph::Status rehome(Step& step, const Mailbox& source, const Mailbox& target, MessageId id,
                  std::vector<std::string>& keywords) {
  {
    db::Scoped row(step.db.cached("SELECT is_reject,mailbox_orig,mailbox_destined FROM deliveries WHERE id=?"));
    row->bind(1, id);
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found || row->integer(1) == row->integer(2)) return {};
    const auto destined = row->integer(2);
    if (row->integer(0) == 0) {
      if (source.name != step.settings.introbox) return {};
      if (target.id == destined && junkStateOf(keywords) == JunkState::Neutral)
        setJunkState(keywords, JunkState::NotJunk);
      if (junkStateOf(keywords) == JunkState::Neutral && target.id != destined) return {};
    }
  }
  db::Scoped update(step.db.cached("UPDATE deliveries SET is_reject=0,mailbox_orig=mailbox_destined WHERE id=?"));
  update->bind(1, id);
  return update->run();
}

}  // namespace posthouse::store
