/* ph.message/1: message bytes, whether still coming in or stored. A handle, counted; contents never change after
 * finish(). Small messages stay in memory, large ones spill into a file of the host. */
#ifndef PH_HOST_MESSAGE_H
#define PH_HOST_MESSAGE_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_MESSAGE "ph.message/1"

typedef struct ph_message ph_message;

typedef struct ph_message_api {
  uint32_t size;
  uint32_t reserved;

  /* A new, empty message to be written; `max_size` bytes at most. The caller holds one reference.
   * [any-thread]; PH_E_LIMIT: memory budget or disk; since 1.0 */
  ph_status (*create)(const ph_host* host, uint64_t max_size, ph_message** out);

  /* Appends. One thread at a time. PH_E_LIMIT: over max_size, or disk full; PH_E_TEMPORARY: I/O error;
   * PH_E_INVALID: after finish. since 1.0 */
  ph_status (*write)(ph_message* message, const void* data, size_t size);

  /* No more writes; reading becomes allowed from many threads. Not a sync: durability is the store's and queue's
   * promise. PH_E_TEMPORARY; since 1.0 */
  ph_status (*finish)(ph_message* message);

  /* [any-thread] after finish; since 1.0 */
  uint64_t (*length)(const ph_message* message);

  /* Reads up to `size` bytes at `offset`; `*out_read` 0 at the end.
   * [any-thread] after finish; PH_E_TEMPORARY: I/O error; since 1.0 */
  ph_status (*read)(const ph_message* message, uint64_t offset, void* buffer, size_t size, size_t* out_read);

  /* The whole message as one block of memory, or PH_E_LIMIT when it lies in a file and is larger than `max`; then use
   * read(). The block lives as long as the handle. [any-thread] after finish; since 1.0 */
  ph_status (*view)(const ph_message* message, size_t max, ph_str* out);

  /* [any-thread]; since 1.0 */
  void (*retain)(ph_message* message);
  void (*release)(ph_message* message);
} ph_message_api;

#ifdef __cplusplus
}
#endif
#endif
