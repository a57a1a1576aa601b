/* ph.listener/1 and ph.session/1: speaking a protocol without owning a socket.
 *
 * A plugin offers protocols by name ("smtp", "imap"); the configuration says on which addresses, with which TLS and
 * limits. The host accepts, does TLS, reads and writes; the plugin's session is *parked* and its run() called only when
 * there is something to do. run() never blocks: long work is given to ph.jobs, the session parks with PH_NEXT_DONE.
 *
 * Life of a session: open, run ..., close. Calls never overlap for one session. After PH_NEXT_DONE neither run nor
 * close is called until done() was called, so a job may use the plugin's half of the session freely: make giving the
 * job away the last thing run() does before it returns PH_NEXT_DONE.
 */
#ifndef PH_HOST_SESSION_H
#define PH_HOST_SESSION_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_LISTENER "ph.listener/1"
#define PH_IF_SESSION "ph.session/1"

typedef struct ph_session ph_session; /* the host's half of a session */

/* What run() is told: why it runs. Several bits may be set. */
#define PH_WHY_OPEN 0x01u      /* first call, also the first after a STARTTLS handshake ended (then with PH_WHY_TLS) */
#define PH_WHY_INPUT 0x02u     /* input() has grown */
#define PH_WHY_WRITABLE 0x04u  /* all output was sent, after PH_NEXT_WRITE */
#define PH_WHY_DONE 0x08u      /* done() was called */
#define PH_WHY_WAKE 0x10u      /* wake() was called */
#define PH_WHY_TIMEOUT 0x20u   /* the deadline set with deadline() passed */
#define PH_WHY_TLS 0x40u       /* the handshake asked for with PH_NEXT_TLS is complete */
#define PH_WHY_EOF 0x80u       /* the peer sends no more; input() may still hold its last bytes */
#define PH_WHY_SHUTDOWN 0x100u /* the server or the plugin is stopping: say goodbye and close soon */

#define PH_WHY_TLS_FAILED 0x200u /* that handshake failed, the connection is gone: the last call */

/* What run() answers. */
typedef int32_t ph_next;
#define PH_NEXT_READ 0  /* call again on input, wake, deadline; output is sent meanwhile */
#define PH_NEXT_WRITE 1 /* call again when all output was sent (or on deadline) */
#define PH_NEXT_DONE 2  /* call again when done() was called */
#define PH_NEXT_CLOSE 3 /* send the remaining output, then close */
#define PH_NEXT_TLS \
  4 /* send the remaining output, then do the TLS handshake asked for with ph.tls/1 start() or connect() */
#define PH_NEXT_SLEEP 5 /* call again at the deadline, or for a shutdown; input waits, output is sent meanwhile */

#define PH_TLS_NONE 0
#define PH_TLS_STARTTLS 1 /* offered, may be begun by the protocol */
#define PH_TLS_IMPLICIT 2 /* handshake was done before open */

typedef struct ph_session_info {
  uint32_t size;
  int32_t tls_mode; /* PH_TLS_*: of the listener */
  uint64_t id;      /* connection id, never 0, not used again, also not after a restart */
  ph_str listener;  /* its name in the configuration */
  ph_str remote_ip; /* textual, without port or zone */
  ph_str local_ip;
  uint16_t remote_port;
  uint16_t local_port;
  int32_t plaintext_login; /* 1: the admin allows passwords without TLS here */
  /* The id for the eyes of clients: letters and digits that only this server can turn back into `id`. May be empty. */
  ph_str public_id;
} ph_session_info; /* strings live as long as the session */

#define PH_PROTOCOL_LOGIN 0x01u /* clients log in: TLS client certificates may be asked for */

/* A protocol offered by a plugin. The struct is copied; `self` must live until stop. */
typedef struct ph_protocol {
  uint32_t size;
  uint32_t max_input; /* bytes input() may hold; 0: 64 KiB. Parking for more with a full buffer closes the session */
  const char* name;
  void* self;
  uint32_t flags; /* PH_PROTOCOL_* */
  uint32_t reserved;
  const char*
      busy; /* what a client that can't be served now is told before it is closed, or NULL; must live until stop */

  /* A client connected (and, for implicit TLS, finished its handshake). Answers the plugin's half, NULL: refuse.
   * [session-thread]; `info` lives as long as the session; since 1.0 */
  void* (*open)(void* self, ph_session* session, const ph_session_info* info);
  /* There is something to do; see above. [session-thread]; PH_NEXT_*; since 1.0 */
  ph_next (*run)(void* session_self, uint32_t why);
  /* The session is over; frees session_self. `session` is invalid afterwards. [session-thread]; since 1.0 */
  void (*close)(void* session_self);
} ph_protocol;

typedef struct ph_listener {
  uint32_t size;
  uint32_t reserved;
  /* Offers a protocol. Listeners that name it are opened when start() has succeeded.
   * [control-thread] in start; copied; PH_E_CONFLICT: the name is taken; PH_E_DENIED: start is over; since 1.0 */
  ph_status (*offer)(const ph_host* host, const ph_protocol* protocol);
} ph_listener;

typedef struct ph_session_api {
  uint32_t size;
  uint32_t reserved;

  /* All: [session-thread] of that session, inside open, run and close; never from a job, unless said otherwise. */

  /* Bytes received and not consumed. Valid until the next consume() or return of run(). since 1.0 */
  ph_str (*input)(ph_session* session);
  /* Forgets the first `n` bytes of input(). PH_E_INVALID when n is larger; since 1.0 */
  ph_status (*consume)(ph_session* session, size_t n);

  /* Appends to the output. All or nothing. PH_E_LIMIT: over 256 KiB are waiting already: return PH_NEXT_WRITE first;
   * PH_E_CANCELLED: the connection is gone (close follows). since 1.0 */
  ph_status (*write)(ph_session* session, const void* data, size_t size);
  /* Output not yet taken by the kernel. since 1.0 */
  size_t (*pending)(ph_session* session);

  /* run() is called with PH_WHY_TIMEOUT after `ms` unless changed before; 0: no deadline. since 1.0 */
  void (*deadline)(ph_session* session, uint32_t ms);

  /* Ends PH_NEXT_DONE. Exactly once per PH_NEXT_DONE; may come before run() returned it. [any-thread]; since 1.0 */
  void (*done)(ph_session* session);

  /* run() will be called with PH_WHY_WAKE soon; many calls may join. Answers PH_E_NOT_FOUND when no session has this
   * connection id any more. [any-thread]; since 1.0 */
  ph_status (*wake)(const ph_host* host, uint64_t session_id);

  /* Tells the host how the login went, for limits and the connection list. `account` empty: failed.
   * PH_E_LIMIT: too many failures, close. since 1.0 */
  ph_status (*login)(ph_session* session, ph_str account);

  /* Tells the host how many bytes the plugin keeps for this session because of what the client sent or does not take
   * (collected lines and literals, responses not yet written), so that they count in the server's memory budget.
   * PH_E_LIMIT: the budget is exhausted and this session keeps more than a little: refuse and close. since 1.0 */
  ph_status (*hold)(ph_session* session, size_t bytes);

  /* From here on the host deflates (RFC 1951, flushed at each write) what is written, and inflates what was not
   * consumed yet and all that comes. What was written before goes as it is. input(), max_input and pending() keep their
   * meaning: plain bytes in, compressed ones out. Octets that are no DEFLATE end the connection. PH_E_CONFLICT: it is
   * so already; PH_E_CANCELLED; since 1.0 */
  ph_status (*compress)(ph_session* session);
} ph_session_api;

#ifdef __cplusplus
}
#endif
#endif
