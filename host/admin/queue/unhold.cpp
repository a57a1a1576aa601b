#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto filter = chosen(call);
  if (!filter) return filter.error();
  queue::Operations queue(*call.core.queue);
  return counted(queue.unhold(*filter));
}

}  // namespace

extern const Operation kQueueUnhold;
const Operation kQueueUnhold = {.name = "queue.unhold",
                                .method = Method::Post,
                                .path = "/queue/unhold",
                                .help = "Releases mail that is held.",
                                .params = changeParams(),
                                .changes = true,
                                .result = countShape(),
                                .run = run};

}  // namespace posthouse::admin
