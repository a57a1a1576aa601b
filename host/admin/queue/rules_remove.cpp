#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/queue.hpp"

namespace posthouse::admin {
namespace {

Answer run(Call& call) {
  const auto id = idOf(call);
  if (!id) return id.error();
  if (const auto s = call.core.queue->removeHoldRule(*id); !s) return s.error();
  return json::Value::object();
}

}  // namespace

extern const Operation kQueueRulesRemove;
const Operation kQueueRulesRemove = {.name = "queue.rules.remove",
                                     .method = Method::Delete,
                                     .path = "/queue/rules/{id}",
                                     .help = "Removes a rule; what it held stays held until it is released.",
                                     .params = {{"id", Param::Type::String, Param::kRequired, "Of the rule."}},
                                     .changes = true,
                                     .run = run};

}  // namespace posthouse::admin
