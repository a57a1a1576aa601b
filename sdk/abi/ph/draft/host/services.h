/* ph.services/1: a typed interface one plugin offers and another asks for by id, with a lease.
 * For rare direct work between two plugins; prefer facts, contributions and events. */
#ifndef PH_HOST_SERVICES_H
#define PH_HOST_SERVICES_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_SERVICES "ph.services/1"

typedef struct ph_lease ph_lease;

typedef struct ph_services {
  uint32_t size;
  uint32_t reserved;

  /* Offers `table` under `id` ("org.example.greylist/1"). Withdrawn by the host before stop(), which waits until
   * every lease is given back.
   * [control-thread] in start; `table` must live until stop returns; PH_E_CONFLICT: offered already; since 1.0 */
  ph_status (*offer)(const ph_host* host, ph_str id, const void* table);

  /* Asks for `id`. While the lease is held the provider is not stopped: give it back soon.
   * [any-thread]; `*out_table` lives until release; PH_E_UNAVAILABLE: nobody offers it now; since 1.0 */
  ph_status (*acquire)(const ph_host* host, ph_str id, const void** out_table, ph_lease** out_lease);

  /* [any-thread]; since 1.0 */
  void (*release)(const ph_host* host, ph_lease* lease);
} ph_services;

#ifdef __cplusplus
}
#endif
#endif
