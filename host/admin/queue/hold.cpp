#include "admin/queue/change.hpp"

namespace posthouse::admin {

extern const Operation kQueueHold;
const Operation kQueueHold =
    queueChange<&queue::Operations::hold>("queue.hold", "/queue/hold", "Keeps mail back until it is released.");

}  // namespace posthouse::admin
