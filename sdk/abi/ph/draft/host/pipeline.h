/* ph.pipeline/1: the mail transaction, its stages, hooks, facts and verdicts.
 *
 * A protocol plugin makes a transaction, fills in what it learns, and runs stages at its points of the dialogue.
 * Plugins that know or judge something contribute hooks to stages. A hook is a function from a read-only transaction to
 * a result; the host merges the results of a stage after they returned: strongest verdict wins (disconnect > reject >
 * tempfail > discard > quarantine > junk > continue), each opinion is kept with its plugin's name for the trace. Hooks
 * are ordered by the facts they provide and want, never by numbers; those without dependency may run in parallel.
 */
#ifndef PH_HOST_PIPELINE_H
#define PH_HOST_PIPELINE_H

#include "message.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_PIPELINE "ph.pipeline/1"

typedef struct ph_txn ph_txn;

/* Stages, for mail coming in and for mail of our own users. One to one with milter up to `data`. */
#define PH_STAGE_CONNECT 0
#define PH_STAGE_HELO 1
#define PH_STAGE_AUTH 2
#define PH_STAGE_MAIL 3
#define PH_STAGE_RCPT 4     /* for the recipient added last */
#define PH_STAGE_DATA 5     /* whole message present */
#define PH_STAGE_ACCEPTED 6 /* observe only */
#define PH_STAGE_DELIVER 7  /* per recipient, before the store */
#define PH_STAGE_STORED 8   /* observe only */
#define PH_STAGE_SUBMIT 9   /* our own user's mail, whole message present */

#define PH_VERDICT_CONTINUE 0
#define PH_VERDICT_JUNK 1
#define PH_VERDICT_QUARANTINE 2
#define PH_VERDICT_DISCARD 3
#define PH_VERDICT_TEMPFAIL 4
#define PH_VERDICT_REJECT 5
#define PH_VERDICT_DISCONNECT 6

/* What happens when a hook fails or misses its deadline. */
#define PH_POLICY_OPEN 0     /* as if it had no opinion */
#define PH_POLICY_TEMPFAIL 1 /* 451 */
#define PH_POLICY_CLOSED 2   /* 550 */

#define PH_ROLE_OBSERVE 0 /* may look; verdict and edits are ignored */
#define PH_ROLE_INSPECT 1 /* writes facts */
#define PH_ROLE_JUDGE 2   /* gives verdicts */
#define PH_ROLE_EDIT 3    /* adds header fields */

typedef struct ph_txn_info {
  uint32_t size;
  int32_t submission;  /* 1: an authenticated user's mail */
  uint64_t session_id; /* connection id or 0 */
  ph_str listener;
  ph_str protocol; /* "ESMTPSA" and kin, RFC 3848 */
  ph_str remote_ip;
  ph_str local_ip;
  ph_str helo;
  ph_str account;     /* authenticated account or empty */
  ph_str tls_version; /* empty: plain text */
  ph_str tls_cipher;
  ph_str public_id; /* the connection's id as outsiders see it, see ph_session_info; empty: none */
} ph_txn_info;      /* copied by the host */

#define PH_MAIL_SMTPUTF8 0x01u /* RFC 6531 3.4 */
#define PH_MAIL_8BITMIME 0x02u /* RFC 6152 */
#define PH_MAIL_BINARYMIME                                                                                             \
  0x04u                            /* RFC 3030: lines of any length, any octet; must not be relayed with DATA as it is \
                                    */
#define PH_MAIL_REQUIRETLS 0x08u   /* RFC 8689 2: further hops need TLS with a verified peer */
#define PH_MAIL_TLS_OPTIONAL 0x10u /* RFC 8689 5: the author wants delivery rather than TLS (TLS-Required: No) */
#define PH_MAIL_BY_TRACE 0x20u     /* RFC 2852 4: the sender wants to hear of each server on the way */

/* What was asked for with a reverse-path. */
typedef struct ph_mail_params {
  uint32_t size;
  uint32_t flags;         /* PH_MAIL_* */
  uint64_t declared_size; /* SIZE, RFC 1870; 0: not said */
  int64_t hold_until;     /* Unix seconds, RFC 4865: not to be sent before; 0: at once */
  int64_t deliver_by;     /* Unix seconds, RFC 2852; 0: not asked for; since 1.1 */
  int32_t by_mode;        /* of deliver_by: 'N' or 'R' */
  int32_t ret;            /* PH_RET_*, RFC 3461 4.3, see transport.h */
  int32_t priority;       /* MT-PRIORITY, RFC 6710, -9 to 9 */
  uint32_t reserved;
  ph_str envid; /* RFC 3461 4.4, decoded, or empty; copied by the host */
} ph_mail_params;

typedef struct ph_rcpt {
  uint32_t size;
  int32_t kind;        /* PH_ADDRESS_* */
  ph_str forward_path; /* "local@domain" as it came, quoting kept */
  ph_str account;      /* for PH_ADDRESS_ACCOUNT */
  uint32_t notify;     /* PH_NOTIFY_*, RFC 3461 4.1, see transport.h; since 1.1 */
  uint32_t reserved;
  ph_str orcpt; /* "rfc822;local@domain", RFC 3461 4.2, or empty */
} ph_rcpt;

/* One opinion, or the merged result of a stage, or what became of a recipient. */
typedef struct ph_verdict {
  uint32_t size;
  int32_t verdict;   /* PH_VERDICT_* */
  int32_t code;      /* SMTP code, 0: the verdict's default */
  char enhanced[12]; /* "5.7.1", may be empty */
  char text[256];    /* for the client; one line, no CR or LF */
  char plugin[64];   /* whose opinion won; empty: the host's */
} ph_verdict;

typedef struct ph_call ph_call;     /* one running hook: deadline and cancellation */
typedef struct ph_result ph_result; /* where a hook puts what it found */

typedef struct ph_hook {
  uint32_t size;
  int32_t stage;
  int32_t role;
  int32_t policy;       /* PH_POLICY_*; the admin may override it */
  uint32_t deadline_ms; /* 0: 30 s */
  uint32_t reserved;
  const char* name;            /* for people, logs and metrics: "spf" */
  const char* const* provides; /* fact names, NULL-terminated, or NULL; one writer per name in the whole server */
  const char* const* wants;    /* fact names read if present */
  void* self;
  /* [worker]; `txn` is read-only and lives until return; any failure status applies the policy; since 1.0 */
  ph_status (*run)(void* self, const ph_txn* txn, const ph_call* call, ph_result* out);
} ph_hook; /* copied at registration; strings too */

typedef struct ph_pipeline {
  uint32_t size;
  uint32_t reserved;

  /* --- contributing ------------------------------------------------------------------------------------------- */

  /* Registers a hook. [control-thread] in start; PH_E_CONFLICT: a fact has a writer already; PH_E_INVALID; PH_E_DENIED:
   * start is over; since 1.0 */
  ph_status (*hook_add)(const ph_host* host, const ph_hook* hook);

  /* For use inside a hook: [worker], on the call and result it was given; strings are copied; PH_E_INVALID for values
   * out of range or with CR, LF or NUL; since 1.0 */
  int32_t (*cancelled)(const ph_call* call);
  uint64_t (*remaining_ms)(const ph_call* call);
  ph_status (*set_verdict)(ph_result* out, int32_t verdict, int32_t code, ph_str enhanced, ph_str text);
  /* Only names in `provides`: PH_E_DENIED otherwise. Value at most 4 KiB. */
  ph_status (*set_fact)(ph_result* out, ph_str name, ph_str value);
  /* A field to be put on top of the message at delivery. CR, LF, NUL in it: PH_E_INVALID. */
  ph_status (*add_header)(ph_result* out, ph_str name, ph_str value);
  /* One method's entry for Authentication-Results, as "spf=pass smtp.mailfrom=example.org". */
  ph_status (*add_auth_result)(ph_result* out, ph_str text);
  /* In PH_STAGE_DELIVER: where to store the message for this recipient. */
  ph_status (*set_mailbox)(ph_result* out, ph_str mailbox);

  /* --- reading a transaction: [worker] in a hook, [session-thread] for its owner; strings live as long as it, or until
   * a setter replaces them; since 1.0 */

  void (*info)(const ph_txn* txn, ph_txn_info* out);
  ph_str (*message_id)(const ph_txn* txn);   /* the transaction's id in logs and Received */
  ph_str (*reverse_path)(const ph_txn* txn); /* "local@domain", empty for <> */
  void (*mail_params)(const ph_txn* txn, ph_mail_params* out);
  size_t (*rcpt_count)(const ph_txn* txn);
  ph_status (*rcpt)(const ph_txn* txn, size_t index, ph_rcpt* out); /* PH_E_NOT_FOUND */
  /* In PH_STAGE_RCPT and PH_STAGE_DELIVER: the recipient in question; otherwise (size_t)-1. */
  size_t (*current_rcpt)(const ph_txn* txn);
  /* NULL before PH_STAGE_DATA. Borrowed; retain it to keep it. */
  ph_message* (*message)(const ph_txn* txn);
  /* PH_E_NOT_FOUND: nobody wrote it. */
  ph_status (*fact)(const ph_txn* txn, ph_str name, ph_str* out);

  /* --- running, for protocol plugins: one thread at a time per transaction; strings are copied; PH_E_INVALID for CR,
   * LF or NUL in a value; since 1.0 */

  /* [session-thread]; copied; PH_E_LIMIT; since 1.0 */
  ph_status (*create)(const ph_host* host, const ph_txn_info* info, ph_txn** out);
  void (*destroy)(ph_txn* txn);
  ph_status (*set_info)(ph_txn* txn, const ph_txn_info* info);
  /* Again when the message itself says more (PH_MAIL_TLS_OPTIONAL). */
  ph_status (*set_reverse_path)(ph_txn* txn, ph_str path, const ph_mail_params* params);
  ph_status (*rcpt_add)(ph_txn* txn, const ph_rcpt* rcpt);
  ph_status (*rcpt_remove_last)(ph_txn* txn);
  /* Takes a reference of its own. */
  ph_status (*set_message)(ph_txn* txn, ph_message* message);
  /* A header field written above the message at delivery, in call order (Received, Message-Id). */
  ph_status (*add_trace)(ph_txn* txn, ph_str name, ph_str value);
  /* The value of a Received field for this transaction, RFC 5321 4.4, written by the host alone. */
  ph_status (*received)(const ph_txn* txn, ph_sink sink);

  /* Runs the hooks of `stage`. Answers 1 when done already (no hooks): `*out` is filled. 0: fn(ctx) will be called
   * once, on any thread, possibly before this returns, after `*out` was filled; txn and out must stay till then.
   * [session-thread]; since 1.0 */
  int32_t (*run)(ph_txn* txn, int32_t stage, ph_verdict* out, void (*fn)(void* ctx), void* ctx);

  /* Stores the message for each recipient with an account: PH_STAGE_DELIVER, choice of mailbox, synced append.
   * `*out` is the merged answer: CONTINUE only if at least one recipient was stored and no temporary failure is
   * hidden; per recipient see outcome(). On return all accepted copies are on disk.
   * [worker] of PH_POOL_DISK; since 1.0 */
  ph_status (*deliver)(ph_txn* txn, ph_verdict* out);
  /* What became of recipient `index` in deliver(). PH_E_NOT_FOUND. since 1.0 */
  ph_status (*outcome)(const ph_txn* txn, size_t index, ph_verdict* out);
} ph_pipeline;

#ifdef __cplusplus
}
#endif
#endif
