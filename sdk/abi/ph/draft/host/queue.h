/* ph.queue/1: mail to be delivered later, durably. */
#ifndef PH_HOST_QUEUE_H
#define PH_HOST_QUEUE_H

#include "pipeline.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_QUEUE "ph.queue/1"

typedef struct ph_queue {
  uint32_t size;
  uint32_t reserved;

  /* Takes over the transaction's message for all its recipients, those of our own accounts included. When it returns
   * PH_OK the mail is on disk and will be delivered or returned to the reverse-path.
   * [worker] of PH_POOL_DISK; PH_E_TEMPORARY, PH_E_LIMIT: nothing was queued; PH_E_DENIED: the author may not post to
   * an alias among the recipients; PH_E_NOT_FOUND: an alias is gone; PH_E_QUOTA: the account has sent so much today
   * that it must wait, the error says which limit; since 1.0 */
  ph_status (*submit)(const ph_host* host, ph_txn* txn, ph_error* error);
} ph_queue;

#ifdef __cplusplus
}
#endif
#endif
