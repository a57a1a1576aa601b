/* ph.config/1: reading a validated, read-only configuration tree. Unknown keys and wrong types never get here: the host
 * refused them against the manifest's schema, and filled in the defaults. Paths are dotted: "limits.max_size". */
#ifndef PH_HOST_CONFIG_H
#define PH_HOST_CONFIG_H

#include "../../plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_CONFIG "ph.config/1"

typedef struct ph_config_api {
  uint32_t size;
  uint32_t reserved;

  /* All: [any-thread] while `config` is valid; strings live as long as `config`; PH_E_NOT_FOUND when the schema has
   * no such path or the value is absent without default, PH_E_INVALID when it has another type; since 1.0 */
  ph_status (*get_string)(const ph_config* config, const char* path, ph_str* out);
  ph_status (*get_int)(const ph_config* config, const char* path, int64_t* out);
  ph_status (*get_bool)(const ph_config* config, const char* path, int32_t* out);
  ph_status (*get_duration)(const ph_config* config, const char* path, int64_t* out_ms);
  ph_status (*get_size)(const ph_config* config, const char* path, uint64_t* out_bytes);
  ph_status (*list_size)(const ph_config* config, const char* path, size_t* out);
  ph_status (*list_string)(const ph_config* config, const char* path, size_t index, ph_str* out);

  /* The server's own name, as the admin set it (an A-label domain).
   * [any-thread]; lives as long as the plugin; since 1.0 */
  ph_status (*hostname)(const ph_host* host, ph_str* out);
} ph_config_api;

#ifdef __cplusplus
}
#endif
#endif
