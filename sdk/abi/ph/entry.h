/* The one symbol a plugin exports. */
#ifndef PH_ENTRY_H
#define PH_ENTRY_H

#include "plugin.h"
#include "version.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Constant data; must agree with the manifest beside the shared object, or the plugin is refused. */
typedef struct ph_descriptor {
  uint32_t size;
  uint32_t abi_minor;          /* PH_ABI_MINOR of the SDK it was built with */
  const char* id;              /* as in the manifest */
  const char* version;         /* as in the manifest */
  const char* manifest_sha256; /* lower-case hex of the manifest file it was built with */

  /* Makes an instance. `host` outlives it. NULL with `error` filled on failure.
   * [control-thread]; the returned table lives until destroy; since 1.0 */
  const ph_plugin* (*create)(const ph_host* host, ph_error* error);
} ph_descriptor;

/* No side effects. The number is the ABI major: a host that speaks 2 can still look for 1. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const ph_descriptor*
ph_plugin_v1(void);

#ifdef __cplusplus
}
#endif
#endif
