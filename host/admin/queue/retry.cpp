#include "admin/queue/change.hpp"

namespace posthouse::admin {

extern const Operation kQueueRetry;
const Operation kQueueRetry =
    queueChange<&queue::Operations::retryNow>("queue.retry", "/queue/retry", "Tries now to deliver.");

}  // namespace posthouse::admin
