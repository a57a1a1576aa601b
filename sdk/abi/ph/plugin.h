/* What a plugin hands to the host: its life cycle.
 *
 *   manifest read -> loaded -> create -> configure(check) -> configure(apply) -> start -> RUNNING
 *   RUNNING -> configure(check), configure(apply)     a refused check leaves the old configuration in force
 *   RUNNING -> drain -> stop -> destroy               disabled or shutting down; the code stays mapped for ever
 *   any failure before RUNNING -> destroy; the plugin is FAILED and the reason is shown
 *
 * All of these are [control-thread]. After stop() returned, the host has removed all that the plugin registered.
 */
#ifndef PH_PLUGIN_H
#define PH_PLUGIN_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ph_config ph_config; /* read-only tree, see draft/host/config.h */

typedef struct ph_plugin {
  uint32_t size;
  uint32_t reserved;
  void* self; /* the plugin's; first argument of every method */

  /* Looks at `config`. With `check_only` 1: side-effect free, says whether it would be accepted. With 0: applies it.
   * [control-thread]; `config` is borrowed until return; PH_E_INVALID with `error` filled; since 1.0 */
  ph_status (*configure)(void* self, const ph_config* config, int32_t check_only, ph_error* error);

  /* Registers what the plugin offers and begins work.
   * [control-thread]; any failure stops the plugin, `error` tells the admin why; since 1.0 */
  ph_status (*start)(void* self, ph_error* error);

  /* Finish what is in progress, begin nothing new. Returns at the latest after `deadline_ms`.
   * [control-thread]; optional (NULL: the host closes the sessions); since 1.0 */
  void (*drain)(void* self, uint32_t deadline_ms);

  /* No call into the plugin is running any more, none follows but destroy.
   * [control-thread]; since 1.0 */
  void (*stop)(void* self);

  /* Frees `self`. [control-thread]; since 1.0 */
  void (*destroy)(void* self);
} ph_plugin;

#ifdef __cplusplus
}
#endif
#endif
