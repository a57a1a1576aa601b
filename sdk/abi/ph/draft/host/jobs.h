/* ph.jobs/1: work off the session threads, and timers. Plugins start no threads of their own. */
#ifndef PH_HOST_JOBS_H
#define PH_HOST_JOBS_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_JOBS "ph.jobs/1"

#define PH_POOL_HOOK 0   /* may wait for the network */
#define PH_POOL_DISK 1   /* store and file work */
#define PH_POOL_CRYPTO 2 /* CPU-heavy: as many threads as cores */

typedef struct ph_jobs {
  uint32_t size;
  uint32_t reserved;

  /* Runs fn(ctx) once on `pool`. [any-thread]; PH_E_LIMIT: the pool's queue is full, fn is not called;
   * PH_E_CANCELLED: the plugin is stopping; since 1.0 */
  ph_status (*run)(const ph_host* host, int32_t pool, void (*fn)(void* ctx), void* ctx);

  /* Runs fn(ctx) on `pool` after `delay_ms`, and then every `period_ms` (0: once). `*out_id` cancels it.
   * [any-thread]; PH_E_CANCELLED; since 1.0 */
  ph_status (*schedule)(const ph_host* host, int32_t pool, uint32_t delay_ms, uint32_t period_ms, void (*fn)(void* ctx),
                        void* ctx, uint64_t* out_id);

  /* After return fn is not running and will not run (except when called from fn itself).
   * [worker] or [control-thread]; PH_E_NOT_FOUND when it had ended; since 1.0 */
  ph_status (*cancel)(const ph_host* host, uint64_t id);
} ph_jobs;

#ifdef __cplusplus
}
#endif
#endif
