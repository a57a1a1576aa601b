// Account: the mail of one account. Every writing call is one synced commit: success means it survives a power cut.
// Guarantees: nothing is half visible; a failed call changed nothing, or, after a failed sync, the account refuses
// writing (Temporary) until it was reopened from what is really on disk.
// Threads: any, many at once; writing calls block for the disk and share syncs. RFC 9051, RFC 7162.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "ph/result.hpp"
#include "store/acl.hpp"
#include "store/delivery_info.hpp"
#include "store/message_file.hpp"
#include "store/types.hpp"
#include "store/view.hpp"

namespace posthouse::store {

class Core;
namespace search {
class AccountSearch;
}

// Bytes that come piece by piece.
class Source {
 public:
  virtual ~Source() = default;
  virtual ph::Result<std::size_t> read(char* to, std::size_t max) = 0;  // 0: the end
  virtual std::uint64_t size() const { return 0; }                      // in all, as far as it is known
};

struct AppendRequest {
  std::string mailbox;
  MailboxId mailboxId = 0;  // not 0: this one, whatever it is called by then
  bool createMailbox = false;
  std::string_view prefix;   // complete header lines to put above the message
  std::string_view message;  // or `source`
  Source* source = nullptr;
  FlagSet flags;
  std::int64_t date = 0;  // INTERNALDATE
  std::int32_t zone = 0;  // minutes east of UTC
  std::string reversePath;
  std::optional<DeliveryInfo> delivery;  // for mail from outside
  std::string deliveryKey;               // not empty: a second append with this key stores nothing and succeeds
};

struct Appended {
  MessageId id = 0;
  MailboxId mailbox = 0;
  Uid uid = 0;
  Uid uidValidity = 0;
  ModSeq modSeq = 0;
  bool duplicate = false;
};

// What an append takes the place of (RFC 8508).
struct Replaced {
  MailboxId mailbox = 0;
  Uid uid = 0;
};

// An annotation, RFC 5464. Of a mailbox, or with mailbox 0 of the account.
struct Annotation {
  MailboxId mailbox = 0;
  std::string entry;                 // in lower case
  std::optional<std::string> value;  // nothing: removed
  ModSeq modSeq = 0;
};

// The flags that somebody may change; the others stay as they are, or are not set.
struct FlagLimit {
  std::uint32_t flags = kAllFlags;
  bool keywords = true;
};

struct FlagChange {
  enum Mode { Add, Remove, Replace } mode = Add;
  FlagSet what;
  std::optional<ModSeq> unchangedSince;  // RFC 7162 3.1.3
  FlagLimit limit;
};

struct ChangedRow {
  Uid uid = 0;
  ModSeq modSeq = 0;
  std::uint32_t flags = 0;
  std::string keywords;  // separated by one space
};

struct FlagsChanged {
  std::vector<ChangedRow> changed;  // ascending; messages that had these flags already are not in it
  std::vector<Uid> refused;         // changed after unchangedSince
};

struct Copied {
  Uid uidValidity = 0;  // of the target
  ModSeq modSeq = 0;
  std::vector<std::pair<Uid, Uid>> uids;  // source, target
};

struct Expunged {
  std::vector<Uid> uids;
  ModSeq modSeq = 0;
};

struct Changes {
  std::shared_ptr<const View> view;  // the mailbox now
  std::vector<Uid> vanished;
  std::vector<Uid> added;
  std::vector<ChangedRow> flags;  // of messages that were in the old view
};

class Account {
 public:
  explicit Account(std::unique_ptr<Core> core);
  ~Account();
  const std::string& name() const;

  // Mailboxes: INBOX first, then by name; subscriptions without a mailbox have exists = false.
  ph::Result<std::vector<Mailbox>> mailboxes();
  ph::Result<Mailbox> mailbox(std::string_view name);
  ph::Result<Mailbox> mailbox(MailboxId id);
  // A `viewer` is another account, which needs its rights: Denied. Missing parents are made too. Conflict: exists;
  // Invalid: bad name.
  ph::Result<MailboxId> createMailbox(std::string_view name, Use use = Use::None, std::string_view viewer = {});
  // Denied: INBOX; Conflict: has children (RFC 9051 6.3.5 leaves that to us).
  ph::Status deleteMailbox(std::string_view name, std::string_view viewer = {});
  // Children move along; INBOX keeps existing and its messages move (RFC 9051 6.3.6).
  ph::Status renameMailbox(std::string_view from, std::string_view to, std::string_view viewer = {});
  // New UIDVALIDITY, for all mailboxes without a name: clients forget what they know. Not while sessions are open.
  ph::Result<std::size_t> bumpUidValidity(std::string_view name = {});
  ph::Status subscribe(std::string_view name, bool on);
  ph::Status setUse(std::string_view name, Use use);

  ph::Result<Appended> append(const AppendRequest& request);
  // All or none, in one commit, with UIDs in this order; and `replaced` is expunged in the same commit. Conflict: it is
  // not there any more.
  ph::Result<std::vector<Appended>> appendAll(const std::vector<AppendRequest>& requests,
                                              std::optional<Replaced> replaced = {});
  // Each on its own, as append() does it, with UIDs in this order; they share syncs and commits. What they hold stands
  // in memory at once.
  std::vector<ph::Result<Appended>> appendEach(const std::vector<AppendRequest>& requests);
  ph::Result<FlagsChanged> setFlags(MailboxId mailbox, const UidSet& uids, const FlagChange& change);
  // Copies share the file: a new row with a new UID and the same id; the file goes with its last row.
  ph::Result<Copied> copy(MailboxId from, const UidSet& uids, MailboxId to, FlagLimit keep = {});
  ph::Result<Copied> move(MailboxId from, const UidSet& uids, MailboxId to, FlagLimit keep = {});
  // Only those with \Deleted, unless `all`. A MessageFile that is open stays readable.
  ph::Result<Expunged> expunge(MailboxId mailbox, const UidSet& uids, bool all = false);

  ph::Result<std::shared_ptr<const View>> view(MailboxId mailbox);
  // NotFound: the mailbox is gone.
  ph::Result<Changes> changesSince(const View& old);
  // For clients that come back with a MODSEQ: `flags` holds all that changed or came, `added` stays empty.
  // Conflict: expunges that far back are not known any more.
  ph::Result<Changes> changesSince(MailboxId mailbox, ModSeq since);
  // At most 256 rows or 256 KiB from `from` on; go on with Batch::next.
  ph::Result<Batch> query(MailboxId mailbox, Uid from, Uid to, std::uint32_t columns, std::size_t maxRows = 256,
                          std::size_t maxBytes = 256 * 1024);
  ph::Result<MessageFile> open(MessageId id);
  ph::Result<Usage> usage();

  // Those that are set, by name.
  ph::Result<std::vector<Annotation>> annotations(MailboxId mailbox);
  // What was set or removed after `since`, in all mailboxes and the account.
  ph::Result<std::vector<Annotation>> annotationsSince(ModSeq since);
  // All or none. Limit: too many, or too large in all.
  static constexpr std::size_t kMaxAnnotations = 1000;
  static constexpr std::size_t kMaxAnnotationBytes = 1'000'000;
  ph::Status annotate(MailboxId mailbox, const std::vector<Annotation>& changes);

  // Who else may do what in a mailbox, see acl.hpp; without the disk.
  ph::Result<AclEntries> acl(MailboxId mailbox);
  ph::Result<Rights> rights(MailboxId mailbox, std::string_view viewer);
  // `identifier`: a name, or "anyone", or one of these behind a dash. A `viewer` needs "a". Conflict: the owner's.
  static constexpr std::size_t kMaxAclEntries = 200;
  ph::Status setAcl(MailboxId mailbox, const std::string& identifier, AclMode mode, Rights rights,
                    std::string_view viewer = {});
  // Where the message is.
  ph::Result<std::vector<MailboxId>> mailboxesOf(MessageId id);

  // NotFound: no message is in it. A muted thread's new messages come in as read.
  ph::Result<Thread> thread(MessageId thread);
  ph::Status setThread(MessageId thread, std::optional<bool> muted, std::optional<bool> collapsed);

  // The newest first, only those marked $Junk or $NotJunk.
  ph::Result<std::vector<PastDelivery>> pastDeliveries(const PastQuery& query);
  // Whether a message in Sent, not older than `since`, went there.
  enum class Correspondent { Address, Domain, OrgDomain };
  ph::Result<bool> wroteTo(Correspondent by, const MailAddress& address, std::int64_t since);

  // Called after each commit, by the committing thread: be quick. After unwatch returns it is not called any more;
  // so never call unwatch holding a lock that the callback takes.
  std::uint64_t watch(std::function<void(const Notice&)> callback);
  void unwatch(std::uint64_t watcher);

  // Drops old tombstones, expired delivery keys and the files of expunged messages; copies the index when that is due.
  // To be called now and then.
  ph::Status maintain();

  // Copies the index now.
  ph::Status snapshot();

  // What can hold a text, and the work of knowing it.
  // Lets go of its files until it is used again. False: somebody uses it now.
  bool rest();
  search::AccountSearch& search() { return *search_; }

  Core& core() { return *core_; }

 private:
  std::unique_ptr<Core> core_;
  std::unique_ptr<search::AccountSearch> search_;
};

}  // namespace posthouse::store
