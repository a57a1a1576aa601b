#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto filter = chosen(call);
  if (!filter) return filter.error();
  queue::Operations queue(*call.core.queue);
  return counted(queue.drop(*filter));
}

}  // namespace

extern const Operation kQueueDrop;
const Operation kQueueDrop = {.name = "queue.drop",
                              .method = Method::Post,
                              .path = "/queue/drop",
                              .help = "Removes mail; nobody is told.",
                              .params = changeParams(),
                              .changes = true,
                              .result = countShape(),
                              .run = run};

}  // namespace posthouse::admin
