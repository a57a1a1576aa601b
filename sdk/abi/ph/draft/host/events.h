/* ph.events/1: consequences. A durable log of what happened, with cursors, and wake-ups that may be lost.
 * Changes inside an account are read with ph.store/1 changes; this log has what is not in an account
 * (logins, queue, plugins) and a short line for each delivery. No subscriber can veto.
 *
 * A durable subscriber keeps a cursor: it reads what is after it, does its work, makes that durable, then sets the
 * cursor. After a crash it is given again what the cursor does not cover, so every event comes at least once and in
 * order. Wake-ups may be lost: look again from time to time. In C++ ph::Subscription does all that. */
#ifndef PH_HOST_EVENTS_H
#define PH_HOST_EVENTS_H

#include "../../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PH_IF_EVENTS "ph.events/1"

typedef struct ph_event {
  uint32_t size;
  uint32_t reserved;
  uint64_t seq; /* position in the log, rising, never reused */
  int64_t wall_ms;
  ph_str name;    /* "message.stored", "login.failed", "queue.delivered", ... */
  ph_str account; /* or empty */
  ph_str data;    /* JSON object */
} ph_event;

typedef struct ph_events {
  uint32_t size;
  uint32_t reserved;

  /* Appends to the log. On return the end of the process can't undo it; durable and readable with the next sync of the
   * log (at most 1 s later).
   * [any-thread]; borrowed; PH_E_TEMPORARY when the log can't be written; since 1.0 */
  ph_status (*publish)(const ph_host* host, ph_str name, ph_str account, ph_str data);

  /* fn(ctx, last_seq) after new events; many events may share one call. Removed by the host at stop.
   * [control-thread]; fn is called on [worker]; PH_E_LIMIT; since 1.0 */
  ph_status (*subscribe)(const ph_host* host, void (*fn)(void* ctx, uint64_t last_seq), void* ctx);

  /* Gives at most `max` events with seq > `after` to `each`, oldest first; `each` stops by answering non-zero.
   * [worker]; the event is borrowed during the call; PH_E_CONFLICT: events after `after` were already dropped
   * (resync; `*out_first` is the oldest seq kept). `after` 0 begins with the oldest and is no conflict; since 1.0 */
  ph_status (*read)(const ph_host* host, uint64_t after, size_t max, int32_t (*each)(void* ctx, const ph_event* event),
                    void* ctx, uint64_t* out_first);

  /* A named cursor of this plugin, durable when the call returns. 0 when never set.
   * [worker]; PH_E_TEMPORARY; since 1.0 */
  ph_status (*cursor_get)(const ph_host* host, ph_str name, uint64_t* out_seq);
  ph_status (*cursor_set)(const ph_host* host, ph_str name, uint64_t seq);

  /* The newest seq that can be read, 0 while there is none: where a subscriber begins that does not care for the past.
   * [any-thread]; no failure; since 1.0 */
  ph_status (*last)(const ph_host* host, uint64_t* out_seq);
} ph_events;

#ifdef __cplusplus
}
#endif
#endif
