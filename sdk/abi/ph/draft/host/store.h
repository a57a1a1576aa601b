/* ph.store/1: mailboxes and messages of an account. IMAP, webmail, webapi and junk training all use these calls.
 *
 * Reading calls are quick (memory and page cache) and allowed on session threads. Writing calls return when the change
 * is on disk: give them to PH_POOL_DISK. No transaction, cursor or lock outlives a call. Mailbox names are UTF-8, NFC,
 * '/' separates levels, the inbox is "INBOX".
 */
#ifndef PH_HOST_STORE_H
#define PH_HOST_STORE_H

#include "message.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_STORE "ph.store/1"

typedef struct ph_account ph_account; /* an open account; counted */
typedef struct ph_view ph_view;       /* an immutable list of a mailbox's UIDs at one MODSEQ; counted */

/* System flags, RFC 9051 2.3.2. */
#define PH_FLAG_SEEN 0x01u
#define PH_FLAG_ANSWERED 0x02u
#define PH_FLAG_FLAGGED 0x04u
#define PH_FLAG_DELETED 0x08u
#define PH_FLAG_DRAFT 0x10u

/* Special uses, RFC 6154; and what a mailbox is. */
#define PH_USE_ALL 0x01u
#define PH_USE_ARCHIVE 0x02u
#define PH_USE_DRAFTS 0x04u
#define PH_USE_FLAGGED 0x08u
#define PH_USE_JUNK 0x10u
#define PH_USE_SENT 0x20u
#define PH_USE_TRASH 0x40u
#define PH_USE_IMPORTANT 0x80u /* RFC 8457 */

/* Rights to a mailbox, RFC 4314 2.1, in the order of the letters "lrswipkxtea". */
#define PH_RIGHT_LOOKUP 0x001u
#define PH_RIGHT_READ 0x002u
#define PH_RIGHT_SEEN 0x004u
#define PH_RIGHT_WRITE 0x008u
#define PH_RIGHT_INSERT 0x010u
#define PH_RIGHT_POST 0x020u
#define PH_RIGHT_CREATE 0x040u
#define PH_RIGHT_DELETE_MAILBOX 0x080u
#define PH_RIGHT_DELETE_MESSAGES 0x100u
#define PH_RIGHT_EXPUNGE 0x200u
#define PH_RIGHT_ADMINISTER 0x400u
#define PH_RIGHT_ALL 0x7ffu

#define PH_ACL_REPLACE 0
#define PH_ACL_ADD 1
#define PH_ACL_REMOVE 2

/* An entry of an access control list. */
typedef struct ph_acl_entry {
  uint32_t size;
  uint32_t rights;
  ph_str identifier; /* an account's name, or "anyone"; behind "-": whose rights are taken away */
} ph_acl_entry;      /* strings live during the callback */

typedef struct ph_mailbox_info {
  uint32_t size;
  uint32_t use; /* PH_USE_* */
  uint64_t id;  /* never reused within the account */
  ph_str name;
  int32_t subscribed;
  int32_t has_children;
  int32_t exists; /* 0: only a subscription to a mailbox that is gone */
  uint32_t uidvalidity;
  uint32_t uidnext;
  uint32_t messages;
  uint32_t unseen;
  uint32_t deleted;
  uint64_t bytes; /* sum of RFC822.SIZE */
  uint64_t highestmodseq;
  ph_str keywords; /* all keywords of the mailbox, separated by one space */
  uint32_t rights; /* PH_RIGHT_* of who opened the account; all for its owner */
  uint32_t reserved;
  uint64_t realm; /* as of ph_row */
} ph_mailbox_info;

/* Columns of query(); ask only for what you need. uid, id, modseq and flags are always there. */
#define PH_COL_KEYWORDS 0x01u
#define PH_COL_DATES 0x02u /* internal_date, zone_minutes, save_date */
#define PH_COL_SIZE 0x04u  /* rfc822_size, header_size */
#define PH_COL_ENVELOPE 0x08u
#define PH_COL_BODYSTRUCTURE 0x10u
#define PH_COL_PARTS 0x20u
#define PH_COL_THREAD 0x40u   /* thread, parent */
#define PH_COL_THREADID 0x80u /* threadid */
#define PH_COL_REFERENCES 0x100u

typedef struct ph_row {
  uint32_t size;
  uint32_t uid;
  uint64_t id; /* for open(); one message keeps it when moved */
  uint64_t modseq;
  uint32_t flags; /* PH_FLAG_* */
  int32_t zone_minutes;
  int64_t internal_date; /* Unix seconds */
  int64_t save_date;     /* Unix seconds, when it came into this mailbox */
  uint64_t rfc822_size;
  uint64_t header_size; /* bytes up to and with the empty line */
  ph_str keywords;      /* separated by one space */
  ph_str envelope;      /* text of RFC 9051 envelope */
  ph_str bodystructure; /* text of RFC 9051 body, extensible form */
  ph_str parts;         /* offsets of all parts; decode with ph/mime/parts_blob.hpp */
  uint64_t thread;      /* id of the message that began the conversation, which may be gone */
  uint64_t parent;      /* id of the nearest ancestor in the account, 0: none */
  uint64_t threadid;    /* RFC 8474 THREADID: as `thread` when the message came; later joining of threads keeps it */
  uint64_t realm;       /* 0: of the user's own account; else tells the ids of accounts that share something apart */
  ph_str references;    /* Message-IDs it answers, the oldest first, separated by one space: of References, or else the
                           first of In-Reply-To (RFC 5256 3) */
} ph_row;               /* strings live during the callback */

typedef struct ph_append {
  uint32_t size;
  uint32_t flags;
  ph_message* message;
  ph_str mailbox;
  ph_str keywords;       /* separated by one space */
  ph_str delivery_key;   /* not empty: a second append with the same key stores nothing and succeeds */
  int64_t internal_date; /* Unix seconds */
  int32_t zone_minutes;
  int32_t create_mailbox; /* 1: make the mailbox if it is missing */
} ph_append;

typedef struct ph_appended {
  uint32_t size;
  uint32_t uid;
  uint64_t id;
  uint64_t modseq;
  uint32_t uidvalidity;
  uint32_t reserved;
} ph_appended;

/* What an append takes the place of, RFC 8508. */
typedef struct ph_replaced {
  uint32_t size;
  uint32_t uid;
  uint64_t mailbox_id;
} ph_replaced;

/* An annotation, RFC 5464. */
typedef struct ph_annotation {
  uint32_t size;
  int32_t is_set;      /* 0: removed, or to be */
  uint64_t mailbox_id; /* 0: of the account */
  uint64_t modseq;     /* when it was changed last */
  ph_str entry;        /* in lower case, "/private/..." or "/shared/..." */
  ph_str value;        /* any bytes */
} ph_annotation;       /* strings live during the callback */

#define PH_FLAGS_ADD 0
#define PH_FLAGS_REMOVE 1
#define PH_FLAGS_REPLACE 2

/* UID ranges, ascending, not overlapping, both ends included. */
typedef struct ph_range {
  uint32_t first;
  uint32_t last;
} ph_range;

typedef struct ph_store_flags {
  uint32_t size;
  int32_t mode;   /* PH_FLAGS_* */
  uint32_t flags; /* PH_FLAG_* */
  uint32_t reserved;
  ph_str keywords;          /* separated by one space */
  uint64_t unchanged_since; /* RFC 7162 3.1.3; UINT64_MAX: no condition */
} ph_store_flags;

/* What happened to one message between two views of a mailbox, or in a call. */
#define PH_CHANGE_NEW 1
#define PH_CHANGE_FLAGS 2
#define PH_CHANGE_EXPUNGED 3
#define PH_CHANGE_REFUSED 4 /* unchanged_since failed for it */

typedef struct ph_change {
  uint32_t size;
  int32_t kind;
  uint32_t uid;
  uint32_t new_uid; /* copy and move: UID in the target */
  uint64_t modseq;
  uint32_t flags;
  uint32_t reserved;
  ph_str keywords; /* lives during the callback */
} ph_change;

/* What an account holds, and may hold. */
typedef struct ph_usage {
  uint32_t size;
  uint32_t reserved;
  uint64_t bytes; /* sum of RFC822.SIZE over all mailboxes; copies count each */
  uint64_t limit; /* bytes; 0: no limit */
  uint64_t messages;
} ph_usage;

typedef int32_t (*ph_each_change)(void* ctx, const ph_change* change); /* non-zero stops */
typedef int32_t (*ph_each_row)(void* ctx, const ph_row* row);
typedef int32_t (*ph_each_appended)(void* ctx, const ph_appended* appended);
typedef int32_t (*ph_each_annotation)(void* ctx, const ph_annotation* annotation);
typedef int32_t (*ph_each_mailbox)(void* ctx, const ph_mailbox_info* mailbox);
typedef int32_t (*ph_each_uid)(void* ctx, uint32_t uid);
typedef int32_t (*ph_each_acl_entry)(void* ctx, const ph_acl_entry* entry);
typedef int32_t (*ph_each_sharer)(void* ctx, ph_str account);

typedef struct ph_store {
  uint32_t size;
  uint32_t reserved;

  /* --- accounts ------------------------------------------------------------------------------------------------- */

  /* [worker]; PH_E_NOT_FOUND, PH_E_TEMPORARY; since 1.0 */
  ph_status (*open_account)(const ph_host* host, ph_str name, ph_account** out);
  void (*retain_account)(ph_account* account);
  void (*release_account)(ph_account* account);

  /* fn(ctx, mailbox_id, modseq) after each committed change of the account, on any thread: be quick, e.g. wake a
   * session. mailbox_id 0: the list of mailboxes changed. Calls may be joined. `*out_id` for unwatch, after whose
   * return fn is not running and not called again.
   * [any-thread]; PH_E_LIMIT; since 1.0 */
  ph_status (*watch)(ph_account* account, void (*fn)(void* ctx, uint64_t mailbox_id, uint64_t modseq), void* ctx,
                     uint64_t* out_id);
  void (*unwatch)(ph_account* account, uint64_t id);

  /* --- mailboxes ------------------------------------------------------------------------------------------------ */

  /* All mailboxes, ordered by name, INBOX first, and subscriptions without mailbox. [session-thread]; since 1.0 */
  ph_status (*mailboxes)(ph_account* account, ph_each_mailbox each, void* ctx);
  /* One mailbox; strings live until the thread's next call. PH_E_NOT_FOUND. [session-thread]; since 1.0 */
  ph_status (*mailbox)(ph_account* account, ph_str name, ph_mailbox_info* out);

  /* Makes missing parents too. PH_E_CONFLICT: exists; PH_E_INVALID: bad name. [worker]; since 1.0 */
  ph_status (*create_mailbox)(ph_account* account, ph_str name, uint32_t use, ph_error* error);
  /* PH_E_NOT_FOUND; PH_E_DENIED: INBOX; PH_E_CONFLICT: has children. [worker]; since 1.0 */
  ph_status (*delete_mailbox)(ph_account* account, ph_str name, ph_error* error);
  /* Children move along; renaming INBOX moves its messages (RFC 9051 6.3.6). [worker]; since 1.0 */
  ph_status (*rename_mailbox)(ph_account* account, ph_str from, ph_str to, ph_error* error);
  /* `on` 1 or 0; the mailbox need not exist for 0. [worker]; since 1.0 */
  ph_status (*subscribe)(ph_account* account, ph_str name, int32_t on, ph_error* error);

  /* --- reading messages ----------------------------------------------------------------------------------------- */

  /* The mailbox as it is now. [session-thread]; PH_E_NOT_FOUND: deleted meanwhile; since 1.0 */
  ph_status (*view)(ph_account* account, uint64_t mailbox_id, ph_view** out);
  void (*release_view)(ph_view* view);
  uint64_t (*view_modseq)(const ph_view* view);
  uint32_t (*view_count)(const ph_view* view);
  /* UID of sequence number `seq` (1 to count), 0 when out of range. */
  uint32_t (*view_uid)(const ph_view* view, uint32_t seq);
  /* Sequence number of `uid`, 0 when it is not in the view. */
  uint32_t (*view_seq)(const ph_view* view, uint32_t uid);
  /* Number of UIDs in the view that are smaller than `uid`. */
  uint32_t (*view_below)(const ph_view* view, uint32_t uid);

  /* What changed after `since` (a MODSEQ) in the mailbox: expunged messages by ascending UID (modseq 0), then messages
   * that came or whose flags changed, by ascending UID (PH_CHANGE_FLAGS for both). PH_E_CONFLICT: expunges that far
   * back are not known any more. [session-thread]; since 1.0 */
  ph_status (*changes)(ph_account* account, uint64_t mailbox_id, uint64_t since, ph_each_change each, void* ctx);

  /* Messages with uid in `ranges`, ascending, at most 256 rows or 256 KiB per call, starting at `resume` (0: the
   * beginning). `*out_resume`: give it to the next call, 0: all done. Rows changed after the view are shown as they
   * are now. [session-thread]; since 1.0 */
  ph_status (*query)(ph_account* account, uint64_t mailbox_id, const ph_range* ranges, size_t range_count,
                     uint32_t columns, uint32_t resume, ph_each_row each, void* ctx, uint32_t* out_resume);

  /* The bytes of a message as clients see them. Readable until released, also when expunged meanwhile.
   * [session-thread]; PH_E_NOT_FOUND, PH_E_TEMPORARY; since 1.0 */
  ph_status (*open)(ph_account* account, uint64_t id, ph_message** out);

  /* --- writing messages; each is one synced commit; all [worker] of PH_POOL_DISK ---------------------------------- */

  /* PH_E_NOT_FOUND: no such mailbox; PH_E_QUOTA; PH_E_LIMIT: disk; PH_E_TEMPORARY; since 1.0 */
  ph_status (*append)(ph_account* account, const ph_append* append, ph_appended* out, ph_error* error);

  /* `each` (may be NULL) is told every changed message with its new flags, and refused ones. since 1.0 */
  ph_status (*store_flags)(ph_account* account, uint64_t mailbox_id, const ph_range* ranges, size_t range_count,
                           const ph_store_flags* change, ph_each_change each, void* ctx, ph_error* error);

  /* `each` is told uid and new_uid, ascending. All or nothing. copy: PH_E_QUOTA; since 1.0 */
  ph_status (*copy)(ph_account* account, uint64_t mailbox_id, const ph_range* ranges, size_t range_count,
                    uint64_t target_id, ph_each_change each, void* ctx, ph_error* error);
  ph_status (*move)(ph_account* account, uint64_t mailbox_id, const ph_range* ranges, size_t range_count,
                    uint64_t target_id, ph_each_change each, void* ctx, ph_error* error);

  /* Removes those of `ranges` that have \Deleted. `each` is told the removed UIDs, ascending. since 1.0 */
  ph_status (*expunge)(ph_account* account, uint64_t mailbox_id, const ph_range* ranges, size_t range_count,
                       ph_each_change each, void* ctx, ph_error* error);

  /* Quota, RFC 9208. [session-thread]; since 1.0 */
  ph_status (*usage)(ph_account* account, ph_usage* out);

  /* --- several messages at once, annotations ---------------------------------------------------------------------- */

  /* All of `messages` or none, in one commit, with UIDs in this order; `replaced` (may be NULL) is expunged in the same
   * commit, and its size counts against the quota no more. `each` is told in order. PH_E_CONFLICT: `replaced` is not
   * there any more; else as append. [worker]; since 1.0 */
  ph_status (*append_all)(ph_account* account, const ph_append* const* messages, size_t count,
                          const ph_replaced* replaced, ph_each_appended each, void* ctx, ph_error* error);

  /* The annotations of a mailbox (0: of the account) that are set, by entry. [session-thread]; since 1.0 */
  ph_status (*annotations)(ph_account* account, uint64_t mailbox_id, ph_each_annotation each, void* ctx);
  /* Which were set or removed after `since`, of the account and all mailboxes, without values.
   * [session-thread]; since 1.0 */
  ph_status (*annotations_since)(ph_account* account, uint64_t since, ph_each_annotation each, void* ctx);
  /* Sets and removes, all or none. PH_E_NOT_FOUND: no such mailbox; PH_E_LIMIT: more than 1000, or 1,000,000 bytes, in
   * all. [worker]; since 1.0 */
  ph_status (*annotate)(ph_account* account, uint64_t mailbox_id, const ph_annotation* const* changes, size_t count,
                        ph_error* error);

  /* --- searching ------------------------------------------------------------------------------------------------ */

  /* Messages of the mailbox that may hold all of `words` (UTF-8, any case) somewhere in their headers, ENVELOPE or text
   * parts, as ph/mime/search_text.hpp reads them; none that does is left out. UIDs come in no order, some perhaps
   * twice, in bounded pieces: `resume` 0 is the beginning, `*out_resume` is for the next call, 0: that was all.
   * PH_E_UNAVAILABLE: looking at every message is no slower. [worker] of PH_POOL_DISK; since 1.0 */
  ph_status (*candidates)(ph_account* account, uint64_t mailbox_id, const ph_str* words, size_t word_count,
                          uint64_t resume, ph_each_uid each, void* ctx, uint64_t* out_resume);

  /* --- sharing, RFC 4314 ------------------------------------------------------------------------------------------ */

  /* The account `owner` as the account `viewer` may use it: every call of this table then checks the viewer's rights as
   * they are at that moment. PH_E_DENIED: it sees the mailbox, but may not do this; PH_E_NOT_FOUND: it need not know
   * that the mailbox exists. mailboxes() tells those with "l"; mailbox() those with any right; numbers of messages are
   * told with "r"; flags that it may not set are left out, where none is left: PH_E_DENIED. Annotations are those below
   * /shared; quota, subscriptions and special uses are the owner's. watch() tells 0 when rights change.
   * [worker]; PH_E_NOT_FOUND: it shares nothing with the viewer; PH_E_TEMPORARY; since 1.0 */
  ph_status (*open_shared)(const ph_host* host, ph_str owner, ph_str viewer, ph_account** out);
  /* Accounts that perhaps share something with `viewer`; open_shared knows. [session-thread]; since 1.0 */
  ph_status (*sharers)(const ph_host* host, ph_str viewer, ph_each_sharer each, void* ctx);
  /* PH_RIGHT_* of who opened the account, as they are now. [session-thread]; since 1.0 */
  ph_status (*rights)(ph_account* account, uint64_t mailbox_id, uint32_t* out);
  /* The list, by identifier, without the owner. Needs "a". [session-thread]; since 1.0 */
  ph_status (*acl)(ph_account* account, uint64_t mailbox_id, ph_each_acl_entry each, void* ctx);
  /* `mode`: PH_ACL_*; an entry without rights goes. `identifier` as in ph_acl_entry, or what an account logs in with.
   * Needs "a". PH_E_INVALID: no such account; PH_E_CONFLICT: the owner's own; PH_E_LIMIT: more than 200 entries.
   * [worker] of PH_POOL_DISK; since 1.0 */
  ph_status (*set_acl)(ph_account* account, uint64_t mailbox_id, ph_str identifier, int32_t mode, uint32_t rights,
                       ph_error* error);
  /* What rights `identifier` has whatever the list says, and those that it can be given one by one. Needs "a".
   * PH_E_INVALID: no such account. [session-thread]; since 1.0 */
  ph_status (*list_rights)(ph_account* account, uint64_t mailbox_id, ph_str identifier, uint32_t* out_always,
                           uint32_t* out_possible);
  /* As copy or, with `moving`, as move, between two accounts: appended to `target`, whose quota it is, all or none,
   * then expunged. A crash may leave the messages in both. Also within one account. [worker] of PH_POOL_DISK; since 1.0
   */
  ph_status (*transfer)(ph_account* account, uint64_t mailbox_id, const ph_range* ranges, size_t range_count,
                        ph_account* target, uint64_t target_id, int32_t moving, ph_each_change each, void* ctx,
                        ph_error* error);
} ph_store;

#ifdef __cplusplus
}
#endif
#endif
