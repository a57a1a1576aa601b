// Account::expunge and Account::maintain. RFC 9051 6.4.3, 6.4.9; RFC 7162 3.2.7 (tombstones for QRESYNC).
// A file is unlinked after the commit that dropped its last row; `garbage` remembers it until that is durable.
#include "store/removal.hpp"
#include "store/snapshot.hpp"
#include "store/undelete.hpp"

namespace posthouse::store {
namespace {

class Expunge final : public Change {
 public:
  Expunge(MailboxId mailbox, const UidSet& uids, bool all, std::int64_t keepKeys)
      : mailbox_(mailbox), uids_(uids), all_(all), keepKeys_(keepKeys) {}

  ph::Status apply(Step& step) override {
    auto mailbox = step.mailbox(mailbox_);
    if (!mailbox) return mailbox.error();
    const auto rows = hotRows(step, mailbox_, uids_, all_ ? 0U : std::uint32_t{kDeleted});
    if (!rows) return rows.error();
    if (auto done = takeOut(step, **mailbox, *rows); !done) return done;
    if (auto done = keepRemoved(step, **mailbox, *rows); !done) return done;
    for (const auto& row : *rows) result.uids.push_back(row.uid);
    result.modSeq = step.modSeq;
    return dropUnused(step, *rows, keepKeys_, garbage);
  }

  Expunged result;
  std::vector<MessageId> garbage;

 private:
  const MailboxId mailbox_;
  const UidSet& uids_;
  const bool all_;
  const std::int64_t keepKeys_;
};

// Lists what is garbage now, or forgets exactly that.
class Garbage final : public Change {
 public:
  ph::Status apply(Step& step) override {
    if (forget) {
      for (const auto id : ids) {
        db::Scoped remove(step.db.cached("DELETE FROM garbage WHERE id=?"));
        remove->bind(1, id);
        if (auto done = remove->run(); !done) return done;
      }
      return {};
    }
    db::Scoped row(step.db.cached(
        "SELECT id FROM garbage WHERE id NOT IN (SELECT id FROM cold UNION ALL SELECT id FROM removed)"));
    for (;;) {
      const auto found = row->step();
      if (!found) return found.error();
      if (!*found) return {};
      ids.push_back(row->integer(0));
    }
  }

  std::vector<MessageId> ids;
  bool forget = false;
};

class Prune final : public Change {
 public:
  explicit Prune(const Options& options) : options_(options) {}

  ph::Status apply(Step& step) override {
    db::Scoped floors(step.db.cached(
        "UPDATE mailboxes SET floor=max(floor,ifnull((SELECT max(modseq) FROM expunged e WHERE e.mailbox=mailboxes.id "
        "AND e.at<?),0))"));
    floors->bind(1, step.now - options_.keepTombstones);
    if (auto done = floors->run(); !done) return done;
    db::Scoped tombstones(step.db.cached(
        "DELETE FROM expunged WHERE modseq<=ifnull((SELECT floor FROM mailboxes WHERE id=mailbox),modseq)"));
    if (auto done = tombstones->run(); !done) return done;
    db::Scoped keys(step.db.cached("DELETE FROM delivery_keys WHERE expires<?"));
    keys->bind(1, step.now);
    return keys->run();
  }

 private:
  const Options& options_;
};

}  // namespace

ph::Result<Expunged> Account::expunge(MailboxId mailbox, const UidSet& uids, bool all) {
  Expunge job(mailbox, uids, all, core_->options.keepDeliveryKeys);
  if (auto done = core_->commit(job); !done) return done.error();
  unlinkAll(*core_, job.garbage);
  return std::move(job.result);
}

ph::Status Account::snapshot() {
  return takeSnapshot(*core_);
}

ph::Status Account::maintain() {
  Prune prune(core_->options);
  if (auto done = core_->commit(prune); !done) return done;
  if (auto done = purgeRemoved(*this); !done) return done;
  Garbage garbage;
  if (auto done = core_->commit(garbage); !done) return done;
  if (!garbage.ids.empty()) {
    if (auto done = core_->removeGarbage(garbage.ids); !done) return done;
    garbage.forget = true;
    if (auto done = core_->commit(garbage); !done) return done;
  }
  return snapshotIfDue(*core_);
}

}  // namespace posthouse::store
