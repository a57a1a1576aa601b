/* ph.tls/1: TLS of a session. Certificates, protocol versions and ciphers are the host's; a plugin asks for the
 * handshake and learns what came out of it. */
#ifndef PH_HOST_TLS_H
#define PH_HOST_TLS_H

#include "session.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_TLS "ph.tls/1"

typedef struct ph_tls_info {
  uint32_t size;
  int32_t active;      /* 0: plain text; the rest is empty then */
  const char* version; /* "TLS1.3" */
  const char* cipher;  /* "TLS_AES_256_GCM_SHA384" */
  ph_str server_name;  /* SNI as sent, or empty */
  int32_t cipher_bits;
  int32_t resumed;
  int32_t verified; /* 1: the server is who connect() named */
  uint32_t reserved;
} ph_tls_info; /* strings live until the session ends */

/* How a client looks at the server's certificate. */
#define PH_TLS_VERIFY_NONE 0 /* any will do: encryption against listeners, RFC 7435 */
#define PH_TLS_VERIFY_PKIX 1 /* trusted by the system's authorities, for one of `names` */
#define PH_TLS_VERIFY_DANE 2 /* matches one of `records`; `names` for those of usage DANE-TA. RFC 7672 */

typedef struct ph_tls_client {
  uint32_t size;
  int32_t verify;     /* PH_TLS_VERIFY_*; PKIX and DANE: the handshake fails when it does not hold */
  ph_str server_name; /* SNI; empty: none */
  const ph_str* names;
  size_t name_count;
  const ph_str* records; /* RDATA of TLSA: usage, selector, matching type, data. Only usages 2 and 3 are used */
  size_t record_count;
} ph_tls_client; /* copied */

typedef struct ph_tls {
  uint32_t size;
  uint32_t reserved;

  /* Asks for a server handshake; it begins when run() returns PH_NEXT_TLS, after the output was sent. Unconsumed
   * input is a conflict: it was sent in plain text behind the command that asked for TLS (RFC 3207 4.2).
   * [session-thread]; PH_E_CONFLICT: input waits, or TLS is active; PH_E_UNAVAILABLE: not on this listener; since 1.0
   */
  ph_status (*start)(ph_session* session);

  /* [session-thread]; since 1.0 */
  void (*info)(ph_session* session, ph_tls_info* out);

  /* Channel binding data (RFC 5929, RFC 9266). kind: "tls-exporter" or "tls-server-end-point".
   * [session-thread]; PH_E_UNAVAILABLE: no TLS, or not derivable on this connection; since 1.0 */
  ph_status (*channel_binding)(ph_session* session, const char* kind, ph_sink sink);

  /* Of a session that was made with ph.connect/1: asks for a client handshake, as start() does for a server's. After a
   * failure run() is called with PH_WHY_TLS_FAILED.
   * [session-thread]; PH_E_CONFLICT: input waits, or TLS is active; PH_E_INVALID: a name that is none, no usable record
   * for DANE; PH_E_UNAVAILABLE: an accepted session; since 1.0 */
  ph_status (*connect)(ph_session* session, const ph_tls_client* what);
  /* Why the handshake failed, for people. Lives as long as the session. [session-thread]; since 1.0 */
  ph_str (*failure)(ph_session* session);
} ph_tls;

#ifdef __cplusplus
}
#endif
#endif
