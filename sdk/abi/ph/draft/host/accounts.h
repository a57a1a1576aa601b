/* ph.accounts/1: whose address is this, and who is logging in. Passwords, keys and proofs are the host's: a plugin
 * carries responses and challenges. Each attempt is recorded with the account. */
#ifndef PH_HOST_ACCOUNTS_H
#define PH_HOST_ACCOUNTS_H

#include "session.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_ACCOUNTS "ph.accounts/1"

#define PH_ADDRESS_FOREIGN 0 /* the domain is not ours */
#define PH_ADDRESS_UNKNOWN 1 /* our domain, nobody has this local part */
#define PH_ADDRESS_ACCOUNT 2
#define PH_ADDRESS_DISABLED 3 /* the domain is switched off for now: temporary refusal */
#define PH_ADDRESS_ALIAS 4    /* several accounts; the host delivers to them all */
#define PH_ADDRESS_REFUSED 5  /* an account's, but it wants its mail refused: `code` and `text` say how */

typedef struct ph_address_info {
  uint32_t size;
  int32_t kind;        /* PH_ADDRESS_* */
  char account[128];   /* NUL-terminated; empty unless PH_ADDRESS_ACCOUNT */
  char canonical[512]; /* the address in the form two spellings share, for comparing */
  int32_t code;        /* PH_ADDRESS_REFUSED: the SMTP code, 400 to 599 */
  char text[256];      /* PH_ADDRESS_REFUSED: for the client */
} ph_address_info;

typedef struct ph_login {
  uint32_t size;
  int32_t preauth; /* certificate(): 1: IMAP is to greet this client with PREAUTH */
  char account[128];
  char text[256]; /* on PH_E_DENIED: what this client is to be told, or empty for the usual words */
} ph_login;

typedef struct ph_auth ph_auth; /* a login that is going on; belongs to one session */

typedef struct ph_accounts {
  uint32_t size;
  uint32_t reserved;

  /* Resolves an address given as local part (unquoted, UTF-8) and domain (U- or A-labels).
   * [any-thread], memory only; PH_E_INVALID: not a possible address; since 1.0 */
  ph_status (*resolve)(const ph_host* host, ph_str localpart, ph_str domain, ph_address_info* out);

  /* The SASL mechanisms this client may use now, separated by a space, strongest first; nothing without TLS, unless the
   * listener allows it. They change with TLS: ask again after the handshake. [session-thread]; since 1.0 */
  ph_status (*mechanisms)(const ph_host* host, ph_session* session, ph_sink sink);

  /* The account that the TLS client certificate of this session belongs to.
   * [session-thread]; PH_E_NOT_FOUND: none; since 1.0 */
  ph_status (*certificate)(const ph_host* host, ph_session* session, ph_login* out);

  /* Begins a login of this session. `mechanism` empty: by login_password.
   * [session-thread]; PH_E_NOT_FOUND: no such mechanism, or not for this client; PH_E_DENIED: TLS first; since 1.0 */
  ph_status (*login_begin)(const ph_host* host, ph_session* session, ph_str mechanism, ph_auth** out);

  /* The initial response (NULL: none came) or the next one, decoded. PH_OK: `out->account` is logged in. 1: send what
   * was written to `challenge`, bring the answer. Takes up to 20 ms of CPU, the same for unknown users: give it to
   * PH_POOL_CRYPTO. After any other answer the login is over.
   * [worker]; PH_E_INVALID: malformed; PH_E_DENIED; PH_E_TEMPORARY; since 1.0 */
  ph_status (*login_step)(ph_auth* auth, const ph_str* response, ph_sink challenge, ph_login* out);

  /* Checks a password that came in one go; `user` is an address of the account or its name. Statuses and pool as for
   * login_step. [worker]; since 1.0 */
  ph_status (*login_password)(ph_auth* auth, ph_str user, ph_str password, ph_login* out);

  /* Frees it. `cancelled` 1: the client gave up. since 1.0 */
  void (*login_end)(ph_auth* auth, int32_t cancelled);

  /* Whether `account` may use this address as author or reverse-path.
   * [any-thread]; PH_OK, PH_E_DENIED; since 1.0 */
  ph_status (*may_send_as)(const ph_host* host, ph_str account, ph_str localpart, ph_str domain);
} ph_accounts;

#ifdef __cplusplus
}
#endif
#endif
