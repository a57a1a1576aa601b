// Account::copy and Account::move: new rows for the same contents, in one commit. RFC 9051 6.4.7, 6.4.8.
#include "store/removal.hpp"

namespace posthouse::store {
namespace {

class Copy final : public Change {
 public:
  Copy(MailboxId from, const UidSet& uids, MailboxId to, bool move, FlagLimit keep)
      : from_(from), uids_(uids), to_(to), move_(move), keep_(keep) {}

  ph::Status apply(Step& step) override {
    auto from = step.mailbox(from_);
    if (!from) return from.error();
    auto to = step.mailbox(to_);
    if (!to) return to.error();
    const auto rows = hotRows(step, from_, uids_, 0);
    if (!rows) return rows.error();
    std::uint64_t more = 0;
    for (const auto& row : *rows) more += move_ ? 0 : row.size;
    if (auto done = step.checkQuota(more); !done) return done;
    auto copies = *rows;
    for (auto& row : copies) {
      row.flags &= keep_.flags;
      if (!keep_.keywords) row.keywords.clear();
    }
    if (auto done = putIn(step, **from, **to, copies, result); !done) return done;
    return move_ ? takeOut(step, **from, *rows) : ph::Status();
  }

  Copied result;

 private:
  const MailboxId from_;
  const UidSet& uids_;
  const MailboxId to_;
  const bool move_;
  const FlagLimit keep_;
};

}  // namespace

ph::Result<Copied> Account::copy(MailboxId from, const UidSet& uids, MailboxId to, FlagLimit keep) {
  Copy job(from, uids, to, false, keep);
  if (auto done = core_->commit(job); !done) return done.error();
  return std::move(job.result);
}

ph::Result<Copied> Account::move(MailboxId from, const UidSet& uids, MailboxId to, FlagLimit keep) {
  Copy job(from, uids, to, true, keep);
  if (auto done = core_->commit(job); !done) return done.error();
  return std::move(job.result);
}

}  // namespace posthouse::store
