/* ph.accounts/1: whose address is this, and who is logging in. */
#ifndef PH_HOST_ACCOUNTS_H
#define PH_HOST_ACCOUNTS_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_ACCOUNTS "ph.accounts/1"

#define PH_ADDRESS_FOREIGN 0 /* the domain is not ours */
#define PH_ADDRESS_UNKNOWN 1 /* our domain, nobody has this local part */
#define PH_ADDRESS_ACCOUNT 2
#define PH_ADDRESS_DISABLED 3 /* the domain is switched off for now: temporary refusal */
#define PH_ADDRESS_ALIAS 4    /* several accounts behind one address; deliverable like an account */
#define PH_ADDRESS_REFUSED 5  /* the admin wants this address refused with `code` and `text` */

typedef struct ph_address_info {
  uint32_t size;
  int32_t kind;        /* PH_ADDRESS_* */
  char account[128];   /* NUL-terminated; empty unless PH_ADDRESS_ACCOUNT */
  char canonical[512]; /* the address in the form two spellings share, for comparing */
  int32_t code;        /* for PH_ADDRESS_REFUSED: 4yz or 5yz */
  char text[256];      /* and what to say, may be empty */
} ph_address_info;

typedef struct ph_login {
  uint32_t size;
  uint32_t reserved;
  char account[128];
  char text[256]; /* on PH_E_DENIED: what an admin wants this account to be told, or empty */
} ph_login;

typedef struct ph_accounts {
  uint32_t size;
  uint32_t reserved;

  /* Resolves an address given as local part (unquoted, UTF-8) and domain (U- or A-labels).
   * [any-thread], memory only; PH_E_INVALID: not a possible address; since 1.0 */
  ph_status (*resolve)(const ph_host* host, ph_str localpart, ph_str domain, ph_address_info* out);

  /* Checks a password. `user` is an address of the account or its name. Takes about 20 ms of CPU when not cached, the
   * same for unknown users; give it to PH_POOL_CRYPTO.
   * [worker]; PH_E_DENIED: wrong user or password, or login disabled; PH_E_TEMPORARY; since 1.0 */
  ph_status (*authenticate)(const ph_host* host, ph_str user, ph_str password, ph_str remote_ip, ph_login* out);

  /* Whether `account` may use this address as author or reverse-path.
   * [any-thread]; PH_OK, PH_E_DENIED; since 1.0 */
  ph_status (*may_send_as)(const ph_host* host, ph_str account, ph_str localpart, ph_str domain);
} ph_accounts;

#ifdef __cplusplus
}
#endif
#endif
