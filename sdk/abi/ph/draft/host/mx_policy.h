/* ph.mx-policy/1: which mail exchangers may be used, and with which TLS.
 *
 * Plugins that know of policies (DANE, MTA-STS) contribute them; the transport asks for each host before it connects.
 * The host asks all policies at once and merges: the highest level wins, names and records of that level are joined,
 * and one refusal is enough. Without any policy the answer is PH_MX_ANY: TLS when offered.
 */
#ifndef PH_HOST_MX_POLICY_H
#define PH_HOST_MX_POLICY_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_MX_POLICY "ph.mx-policy/1"

#define PH_MX_ANY 0       /* opportunistic, plain text if it must be */
#define PH_MX_ENCRYPTED 1 /* TLS, any certificate */
#define PH_MX_PKIX 2      /* trusted certificate for one of `names` */
#define PH_MX_DANE 3      /* as `records` say; RFC 7672 */

typedef struct ph_mx_question {
  uint32_t size;
  uint16_t port;
  uint16_t reserved;
  ph_str domain;       /* of the recipients, before any CNAME */
  ph_str host;         /* as the MX record says, or the domain itself without one */
  ph_str canonical;    /* `host` after CNAMEs */
  int32_t mx_secure;   /* 1: DNSSEC vouches for the MX lookup */
  int32_t host_secure; /* 1: and for the host's addresses, CNAMEs included */
} ph_mx_question;      /* lives until the answer is given */

typedef struct ph_mx_answer {
  uint32_t size;
  int32_t level;  /* PH_MX_* */
  int32_t refuse; /* 1: not this host; `text` says why */
  uint32_t reserved;
  ph_str text;         /* for people and traces: "mta-sts enforce", "no TLSA answer" */
  const ph_str* names; /* for PH_MX_PKIX, and usage DANE-TA of PH_MX_DANE */
  size_t name_count;
  const ph_str* records; /* RDATA of TLSA */
  size_t record_count;
} ph_mx_answer; /* strings are the giver's, copied by who takes it */

typedef struct ph_mx_call ph_mx_call; /* one question that waits for one policy */

/* What a plugin contributes. The struct is copied; `self` must live until stop. */
typedef struct ph_mx_policy_offer {
  uint32_t size;
  uint32_t deadline_ms; /* 0: 30 s; a late answer is a refusal */
  const char* name;
  void* self;
  /* answer() must be called once for `call`, possibly before this returns.
   * [worker]; must not block; anything but PH_OK: a refusal, and answer() must not be called; since 1.0 */
  ph_status (*judge)(void* self, const ph_mx_question* question, ph_mx_call* call);
} ph_mx_policy_offer;

typedef struct ph_mx_policy {
  uint32_t size;
  uint32_t reserved;

  /* [control-thread] in start; PH_E_CONFLICT: the name is taken; PH_E_DENIED: start is over; since 1.0 */
  ph_status (*offer)(const ph_host* host, const ph_mx_policy_offer* offer);
  /* [any-thread]; since 1.0 */
  void (*answer)(ph_mx_call* call, const ph_mx_answer* answer);

  /* Asks all. fn(ctx, answer) is called exactly once, on any thread, possibly before this returns; it must not block.
   * [any-thread]; anything but PH_OK: fn is not called; since 1.0 */
  ph_status (*judge)(const ph_host* host, const ph_mx_question* question,
                     void (*fn)(void* ctx, const ph_mx_answer* answer), void* ctx);
} ph_mx_policy;

#ifdef __cplusplus
}
#endif
#endif
