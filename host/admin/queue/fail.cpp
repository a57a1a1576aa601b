#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto filter = chosen(call);
  if (!filter) return filter.error();
  queue::Operations queue(*call.core.queue);
  return counted(queue.fail(*filter, call.text("why")));
}

}  // namespace

extern const Operation kQueueFail;
const Operation kQueueFail = {
    .name = "queue.fail",
    .method = Method::Post,
    .path = "/queue/fail",
    .help = "Gives up; senders are told as of any failure.",
    .params = changeParams({{"why", Param::Type::String, Param::kOptional, "What the sender is told."}}),
    .changes = true,
    .result = countShape(),
    .run = run};

}  // namespace posthouse::admin
