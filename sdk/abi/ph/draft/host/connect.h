/* ph.connect/1: connections that a plugin makes. The host connects, does TLS, reads and writes; the plugin's half runs
 * as a session of ph.session/1, parked while there is nothing to do.
 */
#ifndef PH_HOST_CONNECT_H
#define PH_HOST_CONNECT_H

#include "tls.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_CONNECT "ph.connect/1"

/* The plugin's half. Calls never overlap for one session. The struct is copied. */
typedef struct ph_client {
  uint32_t size;
  uint32_t max_input; /* as in ph_protocol */
  void* self;
  /* Connected; for implicit TLS the handshake is done. run() follows. [session-thread]; `info` lives as long as the
   * session; since 1.0 */
  void (*opened)(void* self, ph_session* session, const ph_session_info* info);
  /* As in ph_protocol. [session-thread]; PH_NEXT_*; since 1.0 */
  ph_next (*run)(void* self, uint32_t why);
  /* It is over; exactly once, the last call. PH_OK: it had been opened. Else why it was not, with a text for people:
   * PH_E_TEMPORARY: nobody could be reached; PH_E_LIMIT: no descriptors; PH_E_CANCELLED: the plugin is stopping.
   * [session-thread]; since 1.0 */
  void (*closed)(void* self, ph_status status, ph_str text);
} ph_client;

typedef struct ph_connect_to {
  uint32_t size;
  uint32_t timeout_ms;     /* for all addresses together and for TLS each; 0: 30 s */
  const ph_str* addresses; /* IP addresses, tried in this order; or, through a proxy, one name */
  size_t address_count;    /* 1 to 64 */
  uint16_t port;
  uint16_t proxy_port;
  uint32_t reserved;
  ph_str proxy;       /* IP address of a SOCKS 5 proxy, RFC 1928; empty: none */
  ph_str source_ipv4; /* addresses to connect from; empty: the system chooses */
  ph_str source_ipv6;
  const ph_tls_client* tls; /* implicit TLS, or NULL */
} ph_connect_to;            /* copied */

typedef struct ph_connect {
  uint32_t size;
  uint32_t reserved;

  /* Connects. `*out_id` is the connection's id, for wake() and logs.
   * [any-thread]; PH_E_INVALID: no address, or not an address; PH_E_LIMIT: too many connections; PH_E_CANCELLED: the
   * plugin is stopping. After anything but PH_OK nothing of `client` is called; since 1.0 */
  ph_status (*open)(const ph_host* host, const ph_connect_to* to, const ph_client* client, uint64_t* out_id);
} ph_connect;

#ifdef __cplusplus
}
#endif
#endif
