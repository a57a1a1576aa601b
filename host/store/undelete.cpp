// Listing, restoring and forgetting expunged messages, see undelete.hpp.
#include "store/undelete.hpp"

#include "store/cold.hpp"
#include "store/core.hpp"
#include "store/deliveries.hpp"
#include "store/junk_flags.hpp"
#include "store/mailbox_names.hpp"
#include "store/recovery.hpp"
#include "store/sound_file.hpp"

namespace posthouse::store {
namespace {

// A batch is one commit: it ends at either.
constexpr std::size_t kBatch = 64;
constexpr std::uint64_t kBatchBytes = 16 << 20;
constexpr std::size_t kMaxHeader = 256 * 1024;

// A message that is to come back, read and described before the commit.
struct Ready {
  Removed removed;
  ParsedMeta parsed;
  std::uint64_t size = 0;
  std::string header;
  Description description;
};

class Restore final : public Change {
 public:
  explicit Restore(const std::vector<Ready>& batch) : batch_(batch) {}

  ph::Status apply(Step& step) override {
    restored = bytes = 0;
    std::uint64_t more = 0;
    for (const auto& ready : batch_) more += ready.size;
    if (auto done = step.checkQuota(more); !done) return done;
    for (const auto& ready : batch_) {
      // Forgotten, or restored by somebody else, meanwhile.
      db::Scoped row(step.db.cached("DELETE FROM removed WHERE number=? AND id=? RETURNING mailbox"));
      row->bind(1, ready.removed.number).bind(2, ready.removed.id);
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) continue;
      const MailboxId mailbox = row->integer(0);
      if (const auto end = row->step(); !end) return end.error();
      if (auto done = put(step, mailbox, ready); !done) return done;
      ++restored;
      bytes += ready.size;
    }
    return {};
  }

  std::uint64_t restored = 0;
  std::uint64_t bytes = 0;

 private:
  ph::Result<Mailbox*> target(Step& step, MailboxId id, const std::string& name) {
    auto mailbox = step.mailbox(id);
    if (mailbox || mailbox.error().kind != ph::Kind::NotFound) return mailbox;
    mailbox = step.mailbox(std::string_view(name));
    if (mailbox || mailbox.error().kind != ph::Kind::NotFound) return mailbox;
    auto use = Use::None;
    {
      db::Scoped row(
          step.db.cached("SELECT use FROM removed_mailboxes r WHERE id=? AND NOT EXISTS(SELECT 1 FROM mailboxes m "
                         "WHERE m.use=r.use)"));
      row->bind(1, id);
      const auto found = row->step();
      if (!found) return found.error();
      if (*found) use = static_cast<Use>(row->integer(0));
    }
    const auto made = makeMailbox(step, name, use);
    if (!made) return made.error();
    return step.mailbox(*made);
  }

  ph::Status put(Step& step, MailboxId was, const Ready& ready) {
    const auto id = ready.removed.id;
    const auto found = target(step, was, ready.removed.mailbox);
    if (!found) return found.error();
    auto& mailbox = **found;
    bool known = false;
    {
      db::Scoped row(step.db.cached("SELECT 1 FROM cold WHERE id=?"));
      row->bind(1, id);
      const auto there = row->step();
      if (!there) return there.error();
      known = *there;
    }
    if (!known) {
      const auto thread = insertCold(step, ready.parsed.meta, ready.parsed.length, ready.size, ready.description);
      if (!thread) return thread.error();
      if (mailbox.use == Use::Sent)
        if (auto done = insertRecipients(step, id, ready.parsed.meta.date, ready.header); !done) return done;
      db::Scoped key(step.db.cached("UPDATE delivery_keys SET expires=NULL WHERE id=?"));
      key->bind(1, id);
      if (auto done = key->run(); !done) return done;
    }
    const auto uid = step.newUid(mailbox);
    if (!uid) return uid.error();
    const auto words = step.keywords(mailbox.id, splitKeywords(ready.removed.keywords));
    if (!words) return words.error();
    const auto flags = ready.removed.flags & kAllFlags & ~std::uint32_t{kDeleted};
    db::Scoped hot(step.db.cached("INSERT INTO messages VALUES(?,?,?,?,?,?,?)"));
    hot->bind(1, mailbox.id).bind(2, *uid).bind(3, id).bind(4, step.modSeq).bind(5, flags).bind(7, step.now);
    if (!words->empty()) hot->text(6, *words);
    if (auto done = hot->run(); !done) return done;
    count(mailbox, flags, ready.size, 1);
    step.touch(mailbox, Notice::Arrived).added.push_back(*uid);
    return {};
  }

  const std::vector<Ready>& batch_;
};

// One batch of what is due; `left`: there may be more. It is in the order of the removals: a clock that once was ahead
// only delays what follows.
class Purge final : public Change {
 public:
  ph::Status apply(Step& step) override {
    constexpr int kAtOnce = 500;
    std::vector<std::pair<std::int64_t, MessageId>> due;
    {
      db::Scoped row(step.db.cached("SELECT number,id,at FROM removed ORDER BY number LIMIT ?"));
      row->bind(1, kAtOnce);
      for (;;) {
        const auto found = row->step();
        if (!found) return found.error();
        if (!*found || row->integer(2) > step.now - step.settings.keepRemoved) break;
        due.emplace_back(row->integer(0), row->integer(1));
      }
    }
    left = due.size() == kAtOnce;
    for (const auto& [number, id] : due)
      if (auto done = forget(step, number, id); !done) return done;
    return step.db.cached("DELETE FROM removed_mailboxes WHERE id NOT IN (SELECT mailbox FROM removed)").run();
  }

  bool left = false;

 private:
  static ph::Status forget(Step& step, std::int64_t number, MessageId id) {
    db::Scoped row(step.db.cached("DELETE FROM removed WHERE number=?"));
    row->bind(1, number);
    if (auto done = row->run(); !done) return done;
    db::Scoped used(
        step.db.cached("SELECT EXISTS(SELECT 1 FROM removed WHERE id=?1) OR EXISTS(SELECT 1 FROM cold WHERE id=?1)"));
    used->bind(1, id);
    if (const auto found = used->step(); !found) return found.error();
    if (used->integer(0) != 0) return {};
    if (auto done = removeDelivery(step, id); !done) return done;
    db::Scoped trash(step.db.cached("INSERT OR IGNORE INTO garbage VALUES(?)"));
    trash->bind(1, id);
    return trash->run();
  }
};

}  // namespace

ph::Result<std::vector<Removed>> listRemoved(Account& account, const RemovedFilter& filter) {
  std::string mailbox;
  if (!filter.mailbox.empty()) {
    const auto name = canonicalName(filter.mailbox);
    if (!name) return name.error();
    mailbox = *name;
  }
  auto db = account.core().reader();
  if (!db) return db.error();
  db::Scoped row((*db)->cached(
      "SELECT r.number,coalesce(b.name,g.name,?1) AS name,r.uid,r.id,r.flags,r.keywords,r.size,r.at,r.message_id FROM "
      "removed r LEFT JOIN mailboxes b ON b.id=r.mailbox LEFT JOIN removed_mailboxes g ON g.id=r.mailbox WHERE "
      "r.number>?2 AND r.at>=?3 AND (?4='' OR coalesce(b.name,g.name,?1)=?4) AND (?5='' OR r.message_id=?5) ORDER BY "
      "r.number LIMIT ?6"));
  row->text(1, kRecovered).bind(2, filter.after).bind(3, filter.since).text(4, mailbox).text(5, filter.messageId);
  row->bind(6, static_cast<std::int64_t>(filter.max));
  std::vector<Removed> result;
  for (;;) {
    const auto found = row->step();
    if (!found) return found.error();
    if (!*found) return result;
    result.push_back({row->integer(0), std::string(row->bytes(1)), static_cast<Uid>(row->integer(2)), row->integer(3),
                      static_cast<std::uint32_t>(row->integer(4)), std::string(row->bytes(5)),
                      static_cast<std::uint64_t>(row->integer(6)), row->integer(7), std::string(row->bytes(8))});
  }
}

ph::Status undelete(Account& account, RemovedFilter filter, Undeleted& done) {
  auto& core = account.core();
  filter.max = kBatch;
  for (;;) {
    const auto listed = listRemoved(account, filter);
    if (!listed) return listed.error();
    if (listed->empty()) return {};
    std::vector<Ready> batch;
    std::uint64_t bytes = 0;
    for (const auto& removed : *listed) {
      if (!batch.empty() && bytes + removed.size > kBatchBytes) break;
      filter.after = removed.number;
      auto file = readSoundFile(core.env, core.messagePath(removed.id), removed.id);
      if (!file) {
        done.said.push_back("message " + std::to_string(removed.id) + " of " + removed.mailbox +
                            " cannot be restored: " + file.error().text);
        continue;
      }
      const auto visible = file->visible();
      bytes += visible.size();
      auto description = describe(visible);
      std::string header(visible.substr(0, std::min(description.headerSize, kMaxHeader)));
      batch.push_back({removed, file->parsed, visible.size(), std::move(header), std::move(description)});
    }
    Restore job(batch);
    if (auto status = core.commit(job); !status) return status;
    done.messages += job.restored;
    done.bytes += job.bytes;
  }
}

ph::Status purgeRemoved(Account& account) {
  for (;;) {
    {
      auto db = account.core().reader();
      if (!db) return db.error();
      const auto any =
          (*db)->integer("SELECT EXISTS(SELECT 1 FROM removed) OR EXISTS(SELECT 1 FROM removed_mailboxes)");
      if (!any) return any.error();
      if (*any == 0) return {};
    }
    Purge job;
    if (auto done = account.core().commit(job); !done) return done;
    if (!job.left) return {};
  }
}

}  // namespace posthouse::store
