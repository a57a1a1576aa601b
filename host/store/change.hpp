// Change and Step: one writing call as the commit group sees it. Internal to the store.
// Threads: all but the constructor runs on the leader of the group, one at a time per account.
#pragma once

#include <map>
#include <set>

#include "db/database.hpp"
#include "store/settings.hpp"
#include "store/types.hpp"

namespace posthouse::store {

class Core;

// What a commit did to one mailbox.
struct Delta {
  std::vector<Uid> added;
  std::vector<Uid> removed;
  std::uint32_t kinds = 0;
  Uid uidNext = 0;  // 0: the change did not look at it
  ModSeq modSeq = 0;
};
using Deltas = std::map<MailboxId, Delta>;

// One change inside the transaction.
class Step {
 public:
  Step(db::Database& database, const AccountSettings& accountSettings, ModSeq next, std::int64_t time)
      : db(database), settings(accountSettings), modSeq(next), now(time) {}
  db::Database& db;
  const AccountSettings& settings;
  const ModSeq modSeq;  // of all that this change does
  const std::int64_t now;

  // The mailbox with its counters; written back at the end when `touch` was called.
  ph::Result<Mailbox*> mailbox(MailboxId id);
  ph::Result<Mailbox*> mailbox(std::string_view name);
  Delta& touch(Mailbox& mailbox, std::uint32_t kinds);
  // For a change of the list of mailboxes.
  void note(MailboxId mailbox, std::uint32_t kinds);
  // max(last + 1, now).
  ph::Result<Uid> newUidValidity();
  // The next UID of this mailbox; Limit when there is none left.
  ph::Result<Uid> newUid(Mailbox& mailbox);
  // Quota: so many bytes more would be above the limit. Before anything is added by this change.
  ph::Status checkQuota(std::uint64_t more);
  // Spelled as the account has it, sorted, registered with the mailbox; separated by one space. Without `make` those
  // that the account does not know are left out. Invalid: not a keyword; Limit: too many different ones.
  ph::Result<std::string> keywords(MailboxId mailbox, const std::vector<std::string>& names, bool make = true);
  ph::Status flush();
  const Deltas& deltas() const { return deltas_; }

 private:
  std::map<MailboxId, Mailbox> loaded_;
  Deltas deltas_;
};

class Change {
 public:
  virtual ~Change() = default;
  // Before the transaction; names in `folders` are synced before it begins.
  virtual ph::Status prepare(Core&, std::set<std::string>& folders) {
    (void)folders;
    return {};
  }
  virtual ph::Status apply(Step& step) = 0;
  // True: no other change in its group.
  virtual bool alone() const { return false; }
  // It is durable.
  virtual void finish(Core&) {}
  // It failed, and is certainly not in the index.
  virtual void undo(Core&) {}
  // The commit failed in a way that leaves open whether it is in the index.
  virtual void unsure(Core&) {}
};

ph::Error overQuota();

// Adds or subtracts a message with these flags.
void count(Mailbox& mailbox, std::uint32_t flags, std::uint64_t size, int sign);

}  // namespace posthouse::store
