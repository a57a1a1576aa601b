// The store's vocabulary: ids, flags, UID ranges, rows. Plain values, RFC 9051 2.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace posthouse::store {

using MailboxId = std::int64_t;
using MessageId = std::int64_t;  // names the file; shared by copies (RFC 8474 EMAILID); never reused in an account
using Uid = std::uint32_t;
using ModSeq = std::int64_t;  // RFC 7162: 63 bits, one counter per account

// System flags, RFC 9051 2.3.2. Everything else is a keyword.
enum Flag : std::uint32_t {
  kSeen = 1,
  kAnswered = 2,
  kFlagged = 4,
  kDeleted = 8,
  kDraft = 16,
  kAllFlags = 31,
};

// RFC 6154 special uses, RFC 8457.
enum class Use : int { None, Archive, Drafts, Junk, Sent, Trash, All, Flagged, Important };

struct UidRange {
  Uid first = 1;
  Uid last = 0xffffffff;
};
// Sorted, not overlapping. An empty set names nothing.
using UidSet = std::vector<UidRange>;

bool contains(const UidSet& set, Uid uid);

struct FlagSet {
  std::uint32_t flags = 0;            // Flag bits
  std::vector<std::string> keywords;  // compared without ASCII case, kept as first seen in the account
};

struct Mailbox {
  MailboxId id = 0;
  std::string name;
  Uid uidValidity = 0;
  Uid uidNext = 1;
  ModSeq highestModSeq = 0;
  std::uint32_t messages = 0;
  std::uint32_t unseen = 0;
  std::uint32_t deleted = 0;
  std::uint64_t size = 0;
  Use use = Use::None;
  bool subscribed = false;
  bool hasChildren = false;
  bool exists = true;    // false: only a subscription
  std::string keywords;  // all that its messages ever had, separated by one space
};

// What query can return beside the uid, id, modseq and flags that every row has.
enum Column : std::uint32_t {
  kKeywords = 1,
  kSize = 2,  // with header size, internal date and zone
  kEnvelope = 4,
  kStructure = 8,
  kParts = 16,
  kMessageIdHeader = 32,
  kHash = 64,
  kSaved = 128,
  kThread = 256,  // with the parent
  kThreadId = 512,
  kReferences = 1024,
};

struct Row {
  Uid uid = 0;
  MessageId id = 0;
  ModSeq modSeq = 0;
  std::uint32_t flags = 0;
  std::int32_t zone = 0;         // minutes east of UTC
  std::int64_t date = 0;         // INTERNALDATE, seconds since 1970
  std::int64_t saved = 0;        // RFC 8514 SAVEDATE
  std::uint64_t size = 0;        // RFC822.SIZE
  std::uint64_t headerSize = 0;  // up to and with the empty line
  std::uint64_t offset = 0;      // of the message in its file
  std::string keywords;          // separated by one space
  std::string envelope;          // the text of FETCH ENVELOPE
  std::string structure;         // the text of FETCH BODYSTRUCTURE
  std::string parts;             // ph/mime/parts_blob.hpp
  std::string references;        // Message-IDs, the oldest first, separated by one space
  std::string messageIdHeader;
  std::string hash;  // SHA-256 of the original bytes, 32 bytes
  MessageId thread = 0;
  MessageId threadId = 0;  // RFC 8474: as `thread` when the message came, for good
  MessageId parent = 0;    // the nearest ancestor that is in the account; 0: none
};

// A conversation. Its id is that of the message that began it, which may be gone.
struct Thread {
  std::vector<MessageId> messages;  // ascending
  bool muted = false;               // new messages of it come in as read
  bool collapsed = false;           // how a client shows it
};

struct Usage {
  std::uint64_t bytes = 0;  // of all messages in all mailboxes
  std::uint64_t limit = 0;  // 0: none
  std::uint64_t messages = 0;
};

struct Batch {
  std::vector<Row> rows;
  Uid next = 0;  // where to go on; 0: nothing is left in the range
};

// After a commit. `kind` says what may have changed; readers look for themselves, so a lost one costs only time.
struct Notice {
  enum Kind : std::uint32_t {
    Arrived = 1,
    Flags = 2,
    Expunged = 4,
    MailboxMade = 8,
    MailboxGone = 16,
    MailboxRenamed = 32,
    Subscription = 64,
    Thread = 128,      // of the account, mailbox 0: what is said about a thread
    Annotation = 256,  // mailbox 0: of the account
    Rights = 512       // of others to the mailbox, see acl.hpp
  };
  static constexpr std::uint32_t kContent = Arrived | Flags | Expunged;  // what counts for HIGHESTMODSEQ
  std::string account;
  MailboxId mailbox = 0;
  std::uint32_t kind = 0;
  ModSeq modSeq = 0;
};

}  // namespace posthouse::store
