/* ph.clock/1: time. Ask the host, not the system: tests move it. */
#ifndef PH_HOST_CLOCK_H
#define PH_HOST_CLOCK_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_CLOCK "ph.clock/1"

typedef struct ph_clock {
  uint32_t size;
  uint32_t reserved;
  /* Milliseconds since 1970-01-01 UTC. [any-thread]; since 1.0 */
  int64_t (*wall_ms)(const ph_host* host);
  /* Milliseconds of a clock that never goes back. [any-thread]; since 1.0 */
  uint64_t (*monotonic_ms)(const ph_host* host);
  /* The zone the host writes dates in, as minutes east of UTC at that moment. [any-thread]; since 1.0 */
  int32_t (*zone_minutes)(const ph_host* host, int64_t wall_seconds);
} ph_clock;

#ifdef __cplusplus
}
#endif
#endif
