/* Basic types of the contract between host and plugins. C11, no dependency but the two standard headers.
 *
 * Conventions, valid for every header below ph/:
 *  1. A table or info struct begins with `size`, its sizeof in the writer's build. Structs grow at the end only;
 *     use PH_HAS(table, method) before calling a method newer than the oldest host you support.
 *  2. A ph_str given to a function is borrowed until it returns. Output goes through a ph_sink or into the
 *     caller's struct; strings inside such a struct live as long as its comment says.
 *  3. Functions answer PH_OK or a negative ph_status, grouped by what the caller can do about it.
 *  4. Thread tags: [control-thread] life cycle, one call at a time per plugin. [session-thread] never two at once
 *     for the same session, may move between OS threads, must not block. [worker] many at once, may block.
 *     [any-thread] whenever and wherever.
 *  5. Times: *_ms are milliseconds; wall times are Unix seconds (UTC), monotonic times have no epoch.
 */
#ifndef PH_TYPES_H
#define PH_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t ph_status;
#define PH_OK 0
#define PH_E_UNAVAILABLE (-1) /* not offered by this host, or its provider is off */
#define PH_E_TEMPORARY (-2)   /* try again later; becomes a 4xx */
#define PH_E_PERMANENT (-3)   /* will not work; becomes a 5xx */
#define PH_E_INVALID (-4)     /* an argument breaks a stated rule */
#define PH_E_DENIED (-5)      /* not allowed, or wrong credentials */
#define PH_E_TIMEOUT (-6)
#define PH_E_CANCELLED (-7)
#define PH_E_CONFLICT (-8) /* exists already, or was changed meanwhile */
#define PH_E_LIMIT (-9)    /* a limit of the server is reached */
#define PH_E_BUG (-10)     /* the callee is at fault; an exception was stopped */
#define PH_E_NOT_FOUND (-11)
#define PH_E_QUOTA (-12) /* the account's own limit, not the server's */

typedef struct ph_str {
  const char* ptr; /* not NUL-terminated; may be NULL when len is 0 */
  size_t len;
} ph_str;

/* Receives output in pieces. A status other than PH_OK stops the producer, which then returns that status. */
typedef struct ph_sink {
  void* ctx;
  ph_status (*write)(void* ctx, const void* data, size_t size);
} ph_sink;

/* Explains a failure to a person. Filled by the callee, always NUL-terminated. May be NULL where it is optional. */
typedef struct ph_error {
  uint32_t size;
  char text[508];
} ph_error;

/* True when `table` is long enough to hold `method` and the writer filled it. */
#define PH_HAS(table, method) \
  ((table)->size >= offsetof(__typeof__(*(table)), method) + sizeof((table)->method) && (table)->method != NULL)

#ifdef __cplusplus
}
#endif
#endif
