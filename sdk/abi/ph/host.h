/* What the host hands to a plugin: a way to ask for interfaces by id. */
#ifndef PH_HOST_H
#define PH_HOST_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One per plugin instance: it tells the host who is calling. Every function of every host table takes it first.
 * Lives from create() until destroy() has returned. */
typedef struct ph_host {
  uint32_t size;
  uint32_t abi_minor; /* PH_ABI_MINOR of the host's build */
  void* ctx;          /* the host's; do not touch */

  /* The table of interface `id` (as "ph.log/1"), or NULL when this host does not offer it.
   * [any-thread]; the table lives as long as the process; no failure but NULL; since 1.0 */
  const void* (*get)(const struct ph_host* host, const char* id);
} ph_host;

#ifdef __cplusplus
}
#endif
#endif
