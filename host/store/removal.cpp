// Row work shared by copy, move, expunge and deleting mailboxes; see removal.hpp.
#include "store/removal.hpp"

#include <algorithm>

#include "store/cold.hpp"
#include "store/junk_flags.hpp"
#include "store/rejects.hpp"

namespace posthouse::store {

ph::Result<std::vector<HotRow>> hotRows(Step& step, MailboxId mailbox, const UidSet& uids, std::uint32_t withFlags) {
  std::vector<HotRow> rows;
  for (const auto& range : uids) {
    db::Scoped row(step.db.cached(
        "SELECT m.uid,m.id,m.flags,c.size,m.keywords,m.saved FROM messages m LEFT JOIN cold c ON c.id=m.id "
        "WHERE m.mailbox=? AND m.uid BETWEEN ? AND ? AND m.flags&?=? ORDER BY m.uid"));
    row->bind(1, mailbox).bind(2, range.first).bind(3, range.last).bind(4, withFlags).bind(5, withFlags);
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) break;
      rows.push_back({static_cast<Uid>(row->integer(0)), row->integer(1), static_cast<std::uint32_t>(row->integer(2)),
                      static_cast<std::uint64_t>(row->integer(3)), std::string(row->bytes(4)), row->integer(5)});
    }
  }
  return rows;
}

ph::Status takeOut(Step& step, Mailbox& mailbox, const std::vector<HotRow>& rows) {
  if (rows.empty()) return {};
  auto& delta = step.touch(mailbox, Notice::Expunged);
  for (const auto& row : rows) {
    db::Scoped remove(step.db.cached("DELETE FROM messages WHERE mailbox=? AND uid=?"));
    remove->bind(1, mailbox.id).bind(2, row.uid);
    if (auto done = remove->run(); !done) return done;
    db::Scoped tombstone(step.db.cached("INSERT INTO expunged VALUES(?,?,?,?)"));
    tombstone->bind(1, mailbox.id).bind(2, step.modSeq).bind(3, row.uid).bind(4, step.now);
    if (auto done = tombstone->run(); !done) return done;
    count(mailbox, row.flags, row.size, -1);
    delta.removed.push_back(row.uid);
  }
  return {};
}

ph::Status keepRemoved(Step& step, const Mailbox& mailbox, const std::vector<HotRow>& rows) {
  if (step.settings.keepRemoved == 0) return {};
  for (const auto& row : rows) {
    db::Scoped keep(
        step.db.cached("INSERT INTO removed SELECT NULL,?,?,id,?,?,size,?,message_id FROM cold WHERE id=?"));
    keep->bind(1, mailbox.id).bind(2, row.uid).bind(3, row.flags).bind(5, step.now).bind(6, row.id);
    if (!row.keywords.empty()) keep->text(4, row.keywords);
    if (auto done = keep->run(); !done) return done;
  }
  return {};
}

ph::Status dropUnused(Step& step, const std::vector<HotRow>& rows, std::int64_t keepKeys,
                      std::vector<MessageId>& garbage) {
  for (const auto& row : rows) {
    bool kept = false;
    {
      db::Scoped used(step.db.cached(
          "SELECT EXISTS(SELECT 1 FROM messages WHERE id=?1),EXISTS(SELECT 1 FROM removed WHERE id=?1)"));
      used->bind(1, row.id);
      if (const auto found = used->step(); !found) return found.error();
      if (used->integer(0) != 0) continue;
      kept = used->integer(1) != 0;
    }
    const auto gone = removeCold(step, row.id, kept);
    if (!gone) return gone.error();
    if (!*gone) continue;  // the same content stood twice among the rows
    db::Scoped key(step.db.cached("UPDATE delivery_keys SET expires=? WHERE id=?"));
    key->bind(1, step.now + keepKeys).bind(2, row.id);
    if (auto done = key->run(); !done) return done;
    if (kept) continue;
    db::Scoped trash(step.db.cached("INSERT OR IGNORE INTO garbage VALUES(?)"));
    trash->bind(1, row.id);
    if (auto done = trash->run(); !done) return done;
    garbage.push_back(row.id);
  }
  return {};
}

ph::Status putIn(Step& step, const Mailbox& source, Mailbox& target, const std::vector<HotRow>& rows, Copied& result) {
  result.uidValidity = target.uidValidity;
  result.modSeq = step.modSeq;
  if (rows.empty()) return {};
  auto& delta = step.touch(target, Notice::Arrived);
  const auto junk = junkStateOf(target, step.settings);
  for (const auto& row : rows) {
    const auto uid = step.newUid(target);
    if (!uid) return uid.error();
    db::Scoped insert(step.db.cached("INSERT INTO messages VALUES(?,?,?,?,?,?,?)"));
    insert->bind(1, target.id).bind(2, *uid).bind(3, row.id).bind(4, step.modSeq).bind(5, row.flags).bind(7, step.now);
    auto names = splitKeywords(row.keywords);
    if (junk) setJunkState(names, *junk);
    if (auto done = rehome(step, source, target, row.id, names); !done) return done;
    const auto words = step.keywords(target.id, names);
    if (!words) return words.error();
    if (!words->empty()) insert->text(6, *words);
    if (auto done = insert->run(); !done) return done;
    count(target, row.flags, row.size, 1);
    delta.added.push_back(*uid);
    result.uids.emplace_back(row.uid, *uid);
  }
  return {};
}

void unlinkAll(Core& core, const std::vector<MessageId>& garbage) {
  constexpr std::size_t kAtOnce = 32;
  for (std::size_t i = 0; i < std::min(garbage.size(), kAtOnce); ++i)
    (void)core.env.unlink(core.messagePath(garbage[i]));
}

}  // namespace posthouse::store
