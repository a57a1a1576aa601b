// Viewer: an account as one user may use it, the owner or another to whom mailboxes are shared. RFC 4314 4.
// Guarantees: each call checks the rights that hold when it begins; those on the list of mailboxes check them inside
// their commit. Denied: the viewer sees the mailbox but may not do this; NotFound: it need not know that it exists.
// Rights are looked up without the disk. The owner may do everything.
// Threads: any, as Account.
#pragma once

#include "store/account.hpp"
#include "store/search/account_search.hpp"

namespace posthouse::store {

class Viewer {
 public:
  // Without a name: the owner.
  explicit Viewer(std::shared_ptr<Account> account, std::string name = {});

  bool isOwner() const { return name_.empty(); }
  // Tells the ids of accounts apart; 0 for the owner.
  std::uint64_t realm() const { return realm_; }
  // Of everybody's mailboxes: what follows checks nothing.
  Account& account() const { return *account_; }

  ph::Result<Rights> rights(MailboxId mailbox) const;
  ph::Status need(MailboxId mailbox, Rights needed, Rights shows = right::kLookup | right::kRead) const;

  // Others see those with "l"; counters are told with "r"; uses and subscriptions are the owner's.
  ph::Result<std::vector<Mailbox>> mailboxes() const;
  // Any right at all will do.
  ph::Result<Mailbox> mailbox(std::string_view name) const;
  ph::Result<MailboxId> createMailbox(std::string_view name, Use use) const;
  ph::Status deleteMailbox(std::string_view name) const;
  ph::Status renameMailbox(std::string_view from, std::string_view to) const;
  ph::Status subscribe(std::string_view name, bool on) const;

  ph::Result<std::shared_ptr<const View>> view(MailboxId mailbox) const;
  ph::Result<Changes> changesSince(MailboxId mailbox, ModSeq since) const;
  ph::Result<Batch> query(MailboxId mailbox, Uid from, Uid to, std::uint32_t columns, std::size_t maxRows,
                          std::size_t maxBytes) const;
  // It is in a mailbox that the viewer may read.
  ph::Result<MessageFile> open(MessageId id) const;
  ph::Result<search::Candidates> candidates(MailboxId mailbox, const std::vector<std::string>& words,
                                            MessageId resume) const;
  ph::Result<Usage> usage() const;

  // Flags that the viewer may not set are left out.
  ph::Result<Appended> append(AppendRequest request) const;
  ph::Result<std::vector<Appended>> appendAll(std::vector<AppendRequest> requests,
                                              std::optional<Replaced> replaced) const;
  // Flags that the viewer may not change stay; Denied: it may change none of them.
  ph::Result<FlagsChanged> setFlags(MailboxId mailbox, const UidSet& uids, FlagChange change) const;
  ph::Result<Copied> copy(MailboxId from, const UidSet& uids, MailboxId to) const;
  ph::Result<Copied> move(MailboxId from, const UidSet& uids, MailboxId to) const;
  // Between accounts: the messages are appended there, all or none, with their flags and dates; a move then expunges
  // them here. Never is more than one account's lock held, so a crash may leave them in both.
  ph::Result<Copied> copyTo(const Viewer& target, MailboxId from, const UidSet& uids, MailboxId to, bool moving) const;
  ph::Result<Expunged> expunge(MailboxId mailbox, const UidSet& uids) const;

  // RFC 5464 3.3; of others' mailboxes the shared ones only. Invalid: a private one.
  ph::Result<std::vector<Annotation>> annotations(MailboxId mailbox) const;
  ph::Result<std::vector<Annotation>> annotationsSince(ModSeq since) const;
  ph::Status annotate(MailboxId mailbox, const std::vector<Annotation>& changes) const;

  ph::Result<AclEntries> acl(MailboxId mailbox) const;
  ph::Status setAcl(MailboxId mailbox, const std::string& identifier, AclMode mode, Rights rights) const;

  // Others hear of mailboxes that they may see or read, and of all changes of rights.
  std::uint64_t watch(std::function<void(const Notice&)> callback) const;
  void unwatch(std::uint64_t watcher) const { account_->unwatch(watcher); }

 private:
  ph::Status prepare(AppendRequest& request) const;
  ph::Status mayMove(MailboxId from, bool moving) const;

  std::shared_ptr<Account> account_;
  std::string name_;
  std::uint64_t realm_ = 0;
};

}  // namespace posthouse::store
