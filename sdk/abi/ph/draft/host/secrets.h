/* ph.secrets/1: small byte strings that nobody else may read: keys, tokens. Each is a file of mode 0600 in the plugin's
 * own folder, replaced in one step and durable when a call answers PH_OK. Never logged, never part of a configuration.
 *
 * Names: 1 to 64 of a-z, 0-9, '-', '_' and '.', the first one a letter or digit; else PH_E_INVALID. At most 64 KiB
 * each. All functions touch the disk: [worker] or [control-thread] from start on. PH_E_LIMIT: the disk is full;
 * PH_E_TEMPORARY.
 */
#ifndef PH_HOST_SECRETS_H
#define PH_HOST_SECRETS_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_SECRETS "ph.secrets/1"

typedef struct ph_secrets {
  uint32_t size;
  uint32_t reserved;

  /* Gives it to `sink` in one piece, which is overwritten afterwards. PH_E_NOT_FOUND; since 1.0 */
  ph_status (*get)(const ph_host* host, ph_str name, ph_sink sink);
  /* Makes or replaces it. PH_E_LIMIT: longer than 64 KiB; since 1.0 */
  ph_status (*set)(const ph_host* host, ph_str name, ph_str value);
  /* As get(); one that is missing is made first, of `size` random bytes (16 to 1024). Of many at once all get the same
   * one. PH_E_INVALID; since 1.0 */
  ph_status (*obtain)(const ph_host* host, ph_str name, size_t size, ph_sink sink);
  /* PH_E_NOT_FOUND; since 1.0 */
  ph_status (*remove)(const ph_host* host, ph_str name);
  /* The names, in order, each with one call of `sink`; since 1.0 */
  ph_status (*list)(const ph_host* host, ph_sink sink);
} ph_secrets;

#ifdef __cplusplus
}
#endif
#endif
