/* ph.admin/1: pages for people. An entry of the menu leads to a route of the plugin's own (ph.http/1), or to a form of
 * its options that the host makes from the schema in its manifest: fields with their types, defaults and descriptions,
 * a preview of what changes, and the plugin's configure() as the judge.
 */
#ifndef PH_HOST_ADMIN_H
#define PH_HOST_ADMIN_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_ADMIN "ph.admin/1"

typedef struct ph_admin_page {
  uint32_t size;
  int32_t audience; /* PH_HTTP_ACCOUNT or PH_HTTP_ADMIN of http.h: who sees the entry; a form is for admins only */
  ph_str title;     /* a few words */
  ph_str help;      /* one sentence; may be empty */
  ph_str path;      /* of a route of the plugin, for this audience; empty: the form of its options */
} ph_admin_page;    /* copied */

typedef struct ph_admin {
  uint32_t size;
  uint32_t reserved;

  /* Adds an entry until the plugin stops. [control-thread] in start; PH_E_INVALID; PH_E_CONFLICT: it has one with this
   * title; PH_E_DENIED: start is over; since 1.0 */
  ph_status (*page_add)(const ph_host* host, const ph_admin_page* page);
} ph_admin;

#ifdef __cplusplus
}
#endif
#endif
