#include "admin/queue/change.hpp"

namespace posthouse::admin {

extern const Operation kQueueUnhold;
const Operation kQueueUnhold =
    queueChange<&queue::Operations::unhold>("queue.unhold", "/queue/unhold", "Releases mail that is held.");

}  // namespace posthouse::admin
