#include "admin/queue/change.hpp"

namespace posthouse::admin {

extern const Operation kQueueDrop;
const Operation kQueueDrop =
    queueChange<&queue::Operations::drop>("queue.drop", "/queue/drop", "Removes mail; nobody is told.");

}  // namespace posthouse::admin
