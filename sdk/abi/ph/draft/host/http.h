/* ph.http/1: answering HTTP requests. The host accepts, does TLS, parses strictly, finds the route and moves the bytes;
 * a handler reads a request and writes a response.
 *
 * Handlers run in the hook pool, many at once, and may wait, unless their route is quick. A request's functions and its
 * response's are called by the thread of the handler it was given to, until that returns. A handler that takes longer
 * than its route's deadline, time spent waiting for the client left out, is replaced by 503; its functions then answer
 * PH_E_CANCELLED.
 */
#ifndef PH_HOST_HTTP_H
#define PH_HOST_HTTP_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_HTTP "ph.http/1"

typedef struct ph_exchange ph_exchange; /* a request and its response */

#define PH_HTTP_GET 0x01u /* answers HEAD too: the host leaves the body out */
#define PH_HTTP_POST 0x02u
#define PH_HTTP_PUT 0x04u
#define PH_HTTP_PATCH 0x08u
#define PH_HTTP_DELETE 0x10u
#define PH_HTTP_OPTIONS 0x20u

#define PH_HTTP_PUBLIC 0 /* everyone */
/* Who has logged in to an account; who may administer the server. The host has checked that, and that the request was
 * not made by somebody else's page, before the handler is called. Methods other than GET, HEAD and OPTIONS need the
 * field X-CSRF-Token. */
#define PH_HTTP_ACCOUNT 1
#define PH_HTTP_ADMIN 2

#define PH_HTTP_PREFIX 0x01u /* `path` ends with "/" and stands for everything below it */
/* The handler answers at once: it waits for nothing, reads only its request and writes at most 1 MiB. It is called by
 * the thread of the session ([session-thread], many at once), when the whole body is there, which is several times
 * faster than a hand-over to the hook pool. One that takes longer than 100 ms is called there from then on. */
#define PH_HTTP_QUICK 0x02u

typedef struct ph_http_route {
  uint32_t size;
  uint32_t methods;     /* PH_HTTP_GET ... */
  int32_t audience;     /* PH_HTTP_PUBLIC ... */
  uint32_t flags;       /* PH_HTTP_PREFIX, PH_HTTP_QUICK */
  uint64_t max_body;    /* longer ones are refused with 413; 0: 1 MiB */
  uint32_t deadline_ms; /* 0: 30 s */
  uint32_t reserved;
  ph_str listener; /* its name in the configuration; empty: every one */
  ph_str host;     /* name without port; empty: every one */
  ph_str path;     /* decoded, without dot segments; begins with "/" */
  void* self;
  /* Answers one request. A failure before the response has begun becomes 404 (PH_E_NOT_FOUND), 403 (PH_E_DENIED), 400
   * (PH_E_INVALID), 503 (PH_E_TEMPORARY, PH_E_LIMIT) or 500; later it breaks the connection off, so that nobody takes a
   * part for the whole. [worker]; `exchange` lives until return; since 1.0 */
  ph_status (*handle)(void* self, ph_exchange* exchange);
} ph_http_route; /* copied, strings too; `self` must live until stop */

typedef struct ph_http_request {
  uint32_t size;
  int32_t secure;      /* 1: came by TLS */
  uint64_t session_id; /* connection id */
  int64_t body_length; /* -1: not said */
  ph_str method;
  ph_str host;  /* in lower case, without port; empty: HTTP/1.0 without */
  ph_str path;  /* decoded: UTF-8 without control bytes, dot segments and backslashes */
  ph_str query; /* as it came, without "?" */
  ph_str listener;
  ph_str remote_ip;
  ph_str public_id; /* the connection's id for the eyes of clients; may be empty */
  ph_str account;   /* who has logged in; empty on public routes */
  ph_str csrf;      /* what the scripts of this page must send along as X-CSRF-Token when they change something */
  int32_t role;     /* of that account: 0 its owner, 1 admin of some domains, 2 admin */
  uint32_t reserved;
} ph_http_request; /* strings live as long as the exchange */

typedef struct ph_stream ph_stream; /* a response that goes on after its handler */

typedef struct ph_stream_events {
  uint32_t size;
  uint32_t reserved;
  void* ctx;
  /* A WebSocket's client has sent a message, at most 1 MiB; text is UTF-8. Never two at once for a stream, in order;
   * may be called before stream_begin() returns. NULL: they are dropped. [worker] */
  void (*message)(void* ctx, int32_t binary, ph_str data);
  /* The stream is over, whoever ended it: the last call, once, before the plugin's stop. [worker] */
  void (*ended)(void* ctx);
} ph_stream_events; /* copied */

typedef struct ph_http {
  uint32_t size;
  uint32_t reserved;

  /* Registers a route. Of several that fit, the one that names the host wins, then the exact path, then the longest
   * prefix, then the one that names the listener. It is gone when the plugin stops.
   * [control-thread] in start; PH_E_INVALID; PH_E_CONFLICT: somebody answers just the same; PH_E_DENIED: start is over;
   * since 1.0 */
  ph_status (*route_add)(const ph_host* host, const ph_http_route* route);

  /* --- in a handler: [worker]; since 1.0 ------------------------------------------------------------------------- */

  void (*request)(const ph_exchange* exchange, ph_http_request* out);
  /* The field of that name, compared without case, numbered `index`. Lives as long as the exchange. PH_E_NOT_FOUND. */
  ph_status (*field)(const ph_exchange* exchange, ph_str name, size_t index, ph_str* out);
  /* At most `size` bytes of the body, waiting for them. `*out_size` 0: that was all. PH_E_CANCELLED: nobody waits for
   * the answer any more; PH_E_LIMIT: too many handlers wait already. */
  ph_status (*read)(ph_exchange* exchange, void* to, size_t size, size_t* out_size);

  /* 200 to 599; 200 unless said. PH_E_CONFLICT: the response has begun; PH_E_INVALID; PH_E_CANCELLED. */
  ph_status (*set_status)(ph_exchange* exchange, int32_t status);
  /* Replaces a field of the response, or adds one more. Those that carry the message (Content-Length, Connection,
   * Transfer-Encoding, Date) are the host's: PH_E_DENIED. Content-Security-Policy, X-Content-Type-Options,
   * Referrer-Policy and Cross-Origin-Resource-Policy have strict values unless they are set here; an empty value leaves
   * a field out. PH_E_INVALID, PH_E_CONFLICT, PH_E_LIMIT, PH_E_CANCELLED. */
  ph_status (*set_field)(ph_exchange* exchange, ph_str name, ph_str value);
  ph_status (*add_field)(ph_exchange* exchange, ph_str name, ph_str value);
  /* Appends to the body, waiting while the client takes nothing. What fits into 64 KiB is sent with its length when the
   * handler returns; more, or after flush(), in chunks as it comes. PH_E_CANCELLED, PH_E_LIMIT as in read(). */
  ph_status (*write)(ph_exchange* exchange, const void* data, size_t size);
  ph_status (*flush)(ph_exchange* exchange);
  /* 1: the client is gone or the time is over. */
  int32_t (*cancelled)(const ph_exchange* exchange);

  /* Whether the request's conditions (If-Match, If-None-Match and their likes, RFC 9110 13) hold for what has this
   * entity tag ("x" with its quotes, or W/"x") and this Last-Modified; either may be empty. Ask before anything is
   * changed. 0: the answer is made, 304 or 412: return. Responses of GET with an ETag or Last-Modified need not ask:
   * they become 304, or 206 for a Range if they fit into the buffer, by themselves. PH_E_CONFLICT: the response has
   * begun; since 1.0 */
  ph_status (*condition)(ph_exchange* exchange, ph_str etag, ph_str last_modified, int32_t* out_holds);

  /* The response begins now, with the fields that were set, and goes on when the handler has returned, without a
   * thread: what is sent later goes out at once, as it is (server-sent events: text/event-stream). `*out` must be
   * released. PH_E_CONFLICT: the response has begun, the body is not read, or it is a HEAD; PH_E_UNAVAILABLE: the
   * plugin stops. */
  ph_status (*stream_begin)(ph_exchange* exchange, const ph_stream_events* events, ph_stream** out);
  /* The same with a WebSocket (RFC 6455). `protocol`: what was chosen of Sec-WebSocket-Protocol, or empty. The host
   * does the framing, answers pings and closes. PH_E_INVALID: not a request for one; PH_E_DENIED: a page of another
   * origin asks.
   */
  ph_status (*websocket_begin)(ph_exchange* exchange, ph_str protocol, const ph_stream_events* events, ph_stream** out);

  /* --- [any-thread], never waits; since 1.0 ---------------------------------------------------------------------- */

  /* Of a WebSocket a whole message. PH_E_LIMIT: 256 KiB wait for the client already, the stream is over;
   * PH_E_CANCELLED: it was over; PH_E_INVALID: text that is not UTF-8. */
  ph_status (*stream_send)(ph_stream* stream, int32_t binary, ph_str data);
  /* Ends it behind what was sent. `code`: a WebSocket's, 1000 for a normal end. */
  void (*stream_close)(ph_stream* stream, uint16_t code);
  void (*stream_release)(ph_stream* stream);
} ph_http;

#ifdef __cplusplus
}
#endif
#endif
