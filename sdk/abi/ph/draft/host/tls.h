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
} ph_tls_info; /* strings live until the session ends */

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
} ph_tls;

#ifdef __cplusplus
}
#endif
#endif
