/* ph.log/1: structured log lines. The host adds time, plugin and, inside a session or transaction, its ids.
 * Never log secrets: passwords, keys, message content. */
#ifndef PH_HOST_LOG_H
#define PH_HOST_LOG_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_LOG "ph.log/1"

#define PH_LOG_ERROR 0 /* needs an admin */
#define PH_LOG_WARN 1  /* unusual, handled */
#define PH_LOG_INFO 2  /* one line per event an admin may look for */
#define PH_LOG_DEBUG 3
#define PH_LOG_TRACE 4 /* protocol lines */

typedef struct ph_field {
  ph_str key; /* lower-case letters and '-' */
  ph_str value;
} ph_field;

typedef struct ph_log {
  uint32_t size;
  uint32_t reserved;

  /* Whether a line of `level` would be written; ask before expensive formatting.
   * [any-thread]; answers 1 or 0; since 1.0 */
  int32_t (*enabled)(const ph_host* host, int32_t level);

  /* Writes one line. `session_id` 0: none. Control characters are escaped by the host.
   * [any-thread]; everything borrowed; no failure; since 1.0 */
  void (*write)(const ph_host* host, int32_t level, uint64_t session_id, ph_str text, const ph_field* fields,
                size_t field_count);
} ph_log;

#ifdef __cplusplus
}
#endif
#endif
