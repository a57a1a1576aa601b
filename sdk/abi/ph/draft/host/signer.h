/* ph.signer/1: header fields that vouch for mail as it leaves, such as DKIM signatures.
 *
 * Plugins that can sign contribute signers. The host asks all of them at one fixed place: after all edits, before a
 * message is written to the queue. They sign what goes out: mail of our own users, and what the server itself sends,
 * that is notifications, and what plugins queue as a submission (ph_txn_info) without an account. Their fields are put
 * on top, those of the first signer uppermost. Mail that only passes through is not signed. Without signers nothing is
 * asked.
 */
#ifndef PH_HOST_SIGNER_H
#define PH_HOST_SIGNER_H

#include "message.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_SIGNER "ph.signer/1"

/* When a signer fails, is late or answers nonsense. */
#define PH_SIGNER_OPEN 0     /* the mail goes without its fields; the log says so as an error */
#define PH_SIGNER_TEMPFAIL 1 /* the mail is not taken: 451 */

typedef struct ph_signing {
  uint32_t size;
  uint32_t reserved;
  ph_message* message; /* with the fields that the host puts on top; retain it to keep it */
  ph_str domain;       /* of the one address in From, A-labels in lower case; empty: there is not exactly one */
  ph_str author;       /* that address, "local@domain" */
  ph_str account;      /* who sends it; empty: the server itself */
  ph_str reverse_path; /* "local@domain", empty for <> */
} ph_signing;          /* lives until the answer */

/* What a plugin contributes. The struct is copied; `self` must live until stop. */
typedef struct ph_signer_offer {
  uint32_t size;
  uint32_t deadline_ms; /* 0: 30 s */
  int32_t policy;       /* PH_SIGNER_* */
  uint32_t reserved;
  const char* name;
  void* self;
  /* Writes complete header fields, each with its line end (CRLF), at most 64 KiB; nothing: it does not sign this.
   * PH_E_TEMPORARY: the mail must wait, whatever `policy` is. Any other failure: as `policy` says.
   * [worker]; may read from the disk, many at once; since 1.0 */
  ph_status (*sign)(void* self, const ph_signing* what, ph_sink fields);
} ph_signer_offer;

typedef struct ph_signer {
  uint32_t size;
  uint32_t reserved;

  /* [control-thread] in start; PH_E_CONFLICT: the name is taken; PH_E_INVALID; PH_E_DENIED: start is over; since 1.0 */
  ph_status (*offer)(const ph_host* host, const ph_signer_offer* offer);
} ph_signer;

#ifdef __cplusplus
}
#endif
#endif
