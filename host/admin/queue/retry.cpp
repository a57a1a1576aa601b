#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto filter = chosen(call);
  if (!filter) return filter.error();
  queue::Operations queue(*call.core.queue);
  return counted(queue.retryNow(*filter));
}

}  // namespace

extern const Operation kQueueRetry;
const Operation kQueueRetry = {.name = "queue.retry",
                               .method = Method::Post,
                               .path = "/queue/retry",
                               .help = "Tries now to deliver.",
                               .params = changeParams(),
                               .changes = true,
                               .result = countShape(),
                               .run = run};

}  // namespace posthouse::admin
