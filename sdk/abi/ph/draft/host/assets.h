/* ph.assets/1: files that never change while the server runs: pages, scripts, pictures. The host reads them once, keeps
 * them in memory with their gzip and brotli forms and answers for the plugin: entity tags, conditions, ranges, codings
 * and caching. What is asked for is looked up by name, so no path leads outside.
 */
#ifndef PH_HOST_ASSETS_H
#define PH_HOST_ASSETS_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_ASSETS "ph.assets/1"

typedef struct ph_asset {
  uint32_t size;
  uint32_t reserved;
  ph_str path; /* below the prefix, without a leading "/" */
  ph_str type; /* empty: by the name's ending */
  ph_str content;
} ph_asset;

typedef struct ph_assets_bundle {
  uint32_t size;
  int32_t audience;   /* PH_HTTP_PUBLIC ..., see http.h */
  uint32_t max_age_s; /* how long a browser need not ask again; 0: it asks every time. Names with a hash of eight or
                         more hexadecimal digits between dots or dashes are good for a year. */
  uint32_t reserved;
  ph_str listener; /* as in a route */
  ph_str host;
  ph_str prefix; /* begins and ends with "/" */
  /* A folder beside the plugin's shared object, with all below it; empty: none. Links and names that begin with a dot
   * are left out. NAME.br and NAME.gz beside NAME are its forms; what lacks them is compressed when it is read. */
  ph_str folder;
  ph_str index;    /* what answers for a folder: "index.html"; empty: nothing does */
  ph_str fallback; /* what answers for a path that is not there, for applications with paths of their own; empty: 404 */
  ph_str policy;   /* Content-Security-Policy; empty: everything from here, nothing from elsewhere, no frames */
  const ph_asset* files; /* more of them, out of memory; these win over the folder's */
  size_t file_count;
} ph_assets_bundle; /* copied, with all content */

typedef struct ph_assets {
  uint32_t size;
  uint32_t reserved;

  /* Serves a bundle until the plugin stops. [control-thread] in start; PH_E_NOT_FOUND: no such folder; PH_E_LIMIT: more
   * than 5,000 files or 64 MiB; PH_E_INVALID, PH_E_CONFLICT, PH_E_DENIED as route_add() of ph.http/1; since 1.0 */
  ph_status (*serve)(const ph_host* host, const ph_assets_bundle* bundle);
} ph_assets;

#ifdef __cplusplus
}
#endif
#endif
