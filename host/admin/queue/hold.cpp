#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto filter = chosen(call);
  if (!filter) return filter.error();
  queue::Operations queue(*call.core.queue);
  return counted(queue.hold(*filter));
}

}  // namespace

extern const Operation kQueueHold;
const Operation kQueueHold = {.name = "queue.hold",
                              .method = Method::Post,
                              .path = "/queue/hold",
                              .help = "Keeps mail back until it is released.",
                              .params = changeParams(),
                              .changes = true,
                              .result = countShape(),
                              .run = run};

}  // namespace posthouse::admin
