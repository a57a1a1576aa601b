/* ph.transport/1: carrying queued mail to where it goes.
 *
 * The host keeps the mail, says when and where, counts attempts and writes notifications; a transport carries out one
 * attempt and says what became of each recipient. An attempt is for one destination: the transport connects once and
 * takes one message after the other with next() for as long as there are some, then calls end().
 */
#ifndef PH_HOST_TRANSPORT_H
#define PH_HOST_TRANSPORT_H

#include "message.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_TRANSPORT "ph.transport/1"

typedef struct ph_attempt ph_attempt; /* one try at one destination; valid until end() */

#define PH_ROUTE_DIRECT 0 /* the mail exchangers of `domain`, RFC 5321 5.1 */
#define PH_ROUTE_HOST 1   /* `host`, whatever its MX: a smarthost, or an LMTP server */

/* TLS of a PH_ROUTE_HOST. Direct: opportunistic, or more where a policy or the message says so. */
#define PH_ROUTE_TLS_OPPORTUNISTIC 0 /* STARTTLS when offered, any certificate */
#define PH_ROUTE_TLS_REQUIRED 1      /* STARTTLS, the certificate must be for `host` */
#define PH_ROUTE_TLS_IMPLICIT 2      /* from the first byte, verified likewise: RFC 8314 */
#define PH_ROUTE_TLS_NONE 3
#define PH_ROUTE_TLS_UNVERIFIED 4 /* STARTTLS must succeed, any certificate */

#define PH_ROUTE_IPV4 0x01u
#define PH_ROUTE_IPV6 0x02u

typedef struct ph_destination {
  uint32_t size;
  int32_t route;       /* PH_ROUTE_* */
  ph_str domain;       /* of the recipients, A-labels, or an address literal */
  ph_str host;         /* PH_ROUTE_HOST: a name or an IP address */
  uint16_t port;       /* never 0 */
  uint16_t proxy_port; /* of `proxy` */
  int32_t lmtp;        /* 1: LMTP, RFC 2033 */
  int32_t tls;         /* PH_ROUTE_TLS_* */
  uint32_t families;   /* PH_ROUTE_IPV4 and IPV6: which may be used */
  ph_str helo;         /* the name to say in EHLO */
  ph_str username;     /* empty: no login */
  ph_str password;
  ph_str mechanisms;  /* SASL mechanisms that may be used, best first, separated by one space; empty: the transport's */
  ph_str proxy;       /* IP address of a SOCKS 5 proxy, or empty */
  ph_str source_ipv4; /* to connect from, or empty */
  ph_str source_ipv6;
  uint32_t earlier; /* attempts made before for the message that has had most */
  uint32_t reserved;
  ph_str hint;    /* what the last attempt at this destination gave with end(), or empty */
} ph_destination; /* strings live as long as the attempt */

#define PH_NOTIFY_SUCCESS 0x01u /* RFC 3461 4.1 */
#define PH_NOTIFY_FAILURE 0x02u
#define PH_NOTIFY_DELAY 0x04u
#define PH_NOTIFY_NEVER 0x08u
#define PH_NOTIFY_GIVEN 0x10u /* the client said so; without it the others are the defaults */

typedef struct ph_delivery_rcpt {
  uint32_t size;
  uint32_t notify;     /* PH_NOTIFY_* */
  ph_str forward_path; /* "local@domain" */
  ph_str orcpt;        /* "rfc822;local@domain", RFC 3461 4.2, or empty */
} ph_delivery_rcpt;

#define PH_RET_DEFAULT 0 /* RFC 3461 4.3 */
#define PH_RET_FULL 1
#define PH_RET_HDRS 2

/* One message with those of its recipients that go to this destination. */
typedef struct ph_delivery {
  uint32_t size;
  uint32_t flags;      /* PH_MAIL_*, see pipeline.h */
  ph_str id;           /* the transaction's id, for logs */
  ph_str reverse_path; /* "local@domain", empty for <> */
  ph_message* message; /* borrowed until next() or end() */
  size_t rcpt_count;
  int32_t ret;        /* PH_RET_* */
  int32_t priority;   /* MT-PRIORITY, RFC 6710, -9 to 9 */
  ph_str envid;       /* RFC 3461 4.4, decoded, or empty */
  int64_t deliver_by; /* Unix seconds, RFC 2852; 0: not asked for */
  int32_t by_mode;    /* of deliver_by: 'N' or 'R' */
  uint32_t reserved;
} ph_delivery;

#define PH_DELIVERED 0
#define PH_DELIVERY_TEMPORARY 1 /* try again later */
#define PH_DELIVERY_PERMANENT 2

#define PH_ATTEMPT_DSN 0x01u       /* delivered, and the next server has taken over RFC 3461's duties */
#define PH_ATTEMPT_LOCAL 0x02u     /* the fault is ours or the network's; the recipient's server has said nothing */
#define PH_ATTEMPT_BODY_SENT 0x04u /* temporary, but the server may have taken the message: the answer is missing */
#define PH_ATTEMPT_DELIVERBY 0x08u /* delivered, and the next server knows by when it is to be there */

/* What became of a recipient, or of an attempt as a whole. */
typedef struct ph_attempt_result {
  uint32_t size;
  int32_t outcome; /* PH_DELIVERED and kin */
  int32_t code;    /* of the reply; 0: there was none */
  uint32_t flags;  /* PH_ATTEMPT_* */
  ph_str enhanced; /* "5.1.1", or empty */
  ph_str text;     /* the reply as it came, lines separated by LF, or our own words; cut after 2 KiB */
  ph_str host;     /* name of the server, or empty */
  ph_str ip;
  ph_str tls;        /* "TLS1.3 TLS_AES_256_GCM_SHA384, verified", or empty */
} ph_attempt_result; /* copied */

/* What a plugin offers. The struct is copied; `self` must live until stop. */
typedef struct ph_transport_offer {
  uint32_t size;
  uint32_t reserved;
  const char* name; /* "smtp" */
  void* self;
  /* Begin: destination(), next(), ..., end() may be called from here on, on any thread, one at a time per attempt.
   * [worker] of PH_POOL_HOOK; must not block for long; anything but PH_OK: as end() with a temporary failure, and
   * nothing more may be called; since 1.0 */
  ph_status (*begin)(void* self, ph_attempt* attempt);
  /* The server is stopping, or an admin ended this attempt: call end() soon. [any-thread]; may come while begin()
   * runs, never after end() was called; since 1.0 */
  void (*cancel)(void* self, ph_attempt* attempt);
} ph_transport_offer;

typedef struct ph_transport {
  uint32_t size;
  uint32_t reserved;

  /* [control-thread] in start; PH_E_CONFLICT: the name is taken; PH_E_DENIED: start is over; since 1.0 */
  ph_status (*offer)(const ph_host* host, const ph_transport_offer* offer);

  /* Of an attempt: one thread at a time; since 1.0 */
  void (*destination)(ph_attempt* attempt, ph_destination* out);
  /* The next message; ends the one before, whose recipients without a result() go on waiting as if not tried. Its disk
   * work is a read. PH_E_NOT_FOUND: there is none left, call end(); PH_E_CANCELLED likewise: no more is wanted. */
  ph_status (*next)(ph_attempt* attempt, ph_delivery* out);
  /* PH_E_NOT_FOUND: no such recipient of the current message. */
  ph_status (*rcpt)(ph_attempt* attempt, size_t index, ph_delivery_rcpt* out);
  /* Once per recipient; delivered ones are written down for good soon after. PH_E_INVALID, PH_E_CONFLICT. */
  ph_status (*result)(ph_attempt* attempt, size_t index, const ph_attempt_result* result);
  /* A line for the message's trace: "connected to mx1.example.org [192.0.2.1]". Cut after 500 bytes. */
  void (*note)(ph_attempt* attempt, ph_str text);
  /* It is over. `overall` is for recipients of the current message without a result, and, before the first next(), for
   * all that wait for this destination; NULL: nothing went wrong. `hint`: at most 1 KiB, given back with the next
   * attempt at this destination (which address was tried, for greylisting). `attempt` is invalid afterwards. */
  void (*end)(ph_attempt* attempt, const ph_attempt_result* overall, ph_str hint);
} ph_transport;

#ifdef __cplusplus
}
#endif
#endif
