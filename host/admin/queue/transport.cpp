#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto filter = chosen(call);
  if (!filter) return filter.error();
  queue::Operations queue(*call.core.queue);
  const auto& name = call.text("name");
  return counted(queue.setTransport(*filter, name == "default" ? "" : name));
}

}  // namespace

extern const Operation kQueueTransport;
const Operation kQueueTransport = {
    .name = "queue.transport",
    .method = Method::Post,
    .path = "/queue/transport",
    .help = "Chooses how mail leaves, instead of the routes.",
    .params = changeParams({{"name", Param::Type::String, Param::kRequired | Param::kWord,
                             "One of [transports]; \"default\": as the routes say."}}),
    .changes = true,
    .result = countShape(),
    .run = run};

}  // namespace posthouse::admin
