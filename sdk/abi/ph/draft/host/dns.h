/* ph.dns/1: questions to the domain name system.
 *
 * The host asks its configured resolver, follows CNAMEs, caches, and says how far an answer can be trusted. Names are
 * given and answered in A-labels, lower case, without the final dot; the root is ".". What is no printable ASCII
 * character, and a dot or backslash within a label, is written \DDD (RFC 1035 5.1).
 */
#ifndef PH_HOST_DNS_H
#define PH_HOST_DNS_H

#include "pipeline.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_DNS "ph.dns/1"

/* What can be asked for; the numbers are those of RFC 1035 and successors. */
#define PH_DNS_A 1
#define PH_DNS_NS 2
#define PH_DNS_CNAME 5 /* this alone: other questions follow it */
#define PH_DNS_PTR 12
#define PH_DNS_MX 15
#define PH_DNS_TXT 16
#define PH_DNS_AAAA 28
#define PH_DNS_SRV 33
#define PH_DNS_TLSA 52
#define PH_DNS_CAA 257

#define PH_DNS_FOUND 0
#define PH_DNS_NO_DATA 1   /* the name exists, without records of this type */
#define PH_DNS_NO_NAME 2   /* the name does not exist */
#define PH_DNS_TEMPORARY 3 /* no answer in time, a server failed, or the answer is bogus */

/* DNSSEC, RFC 4035 4.3, as a resolver says that the admin trusts to validate. */
#define PH_DNS_INDETERMINATE 0 /* nobody we trust validated */
#define PH_DNS_INSECURE 1      /* a trusted resolver does not call it secure */
#define PH_DNS_SECURE 2
#define PH_DNS_BOGUS 3 /* signatures are wrong: comes with PH_DNS_TEMPORARY and no records */

typedef struct ph_dns_record {
  uint32_t size;
  uint16_t type;       /* PH_DNS_* */
  uint16_t preference; /* MX; SRV: priority; CAA: flags; others 0 */
  uint32_t ttl;        /* seconds left */
  uint32_t reserved;
  /* A, AAAA: the address as text. CNAME, PTR, NS, MX, SRV: a name. TXT: its character-strings joined. TLSA: usage,
   * selector and matching type, one octet each, then the data. CAA: "tag=value". */
  ph_str value;
  uint16_t weight; /* SRV; others 0 */
  uint16_t port;   /* SRV; others 0 */
} ph_dns_record;

typedef struct ph_dns_answer {
  uint32_t size;
  int32_t outcome;  /* PH_DNS_FOUND and kin */
  int32_t security; /* PH_DNS_SECURE and kin; of the whole chain of CNAMEs; negative answers have it too */
  uint32_t reserved;
  const ph_dns_record* records; /* `count` of them, each `size` octets long; MX and SRV by preference */
  size_t count;
  ph_str name; /* where the records were found after CNAMEs */
  ph_str text; /* why it failed, for people; may be empty */
} ph_dns_answer;

#define PH_DNS_PER_TXN 250u

typedef struct ph_dns {
  uint32_t size;
  uint32_t reserved;

  /* Asks. fn(ctx, answer) is called exactly once, on any thread, possibly before this returns, at the latest after
   * `deadline_ms` (0: 10 s) with PH_DNS_TEMPORARY; the answer lives until it returns. It must not block.
   * For PH_DNS_PTR `name` may be an IP address. Without a resolver the answer is PH_DNS_TEMPORARY at once.
   * [any-thread]; anything but PH_OK: fn is not called; PH_E_INVALID: not a name, or no type of the above; PH_E_LIMIT:
   * too many questions wait, of this plugin or in all; PH_E_CANCELLED: the plugin is being stopped; since 1.0 */
  ph_status (*query)(const ph_host* host, ph_str name, int32_t type, uint32_t deadline_ms,
                     void (*fn)(void* ctx, const ph_dns_answer* answer), void* ctx);

  /* Asks on behalf of a running hook: the question ends at the latest with the hook's own time, and it counts for the
   * transaction, so that no message, however made, can make its hooks ask without end.
   * [worker] in a hook, on the call it was given; as query, and PH_E_LIMIT: the hooks of this transaction have asked
   * PH_DNS_PER_TXN questions; since 1.0 */
  ph_status (*query_in)(const ph_host* host, const ph_call* call, ph_str name, int32_t type, uint32_t deadline_ms,
                        void (*fn)(void* ctx, const ph_dns_answer* answer), void* ctx);
} ph_dns;

#ifdef __cplusplus
}
#endif
#endif
