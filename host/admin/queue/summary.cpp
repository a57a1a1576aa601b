#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/operations.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto found = queue::Operations(*call.core.queue).summary();
  if (!found) return found.error();
  Value items = Value::list();
  for (const auto& d : *found) {
    items.add(Value::object({{"destination", d.destination},
                             {"waiting", d.waiting},
                             {"held", d.held},
                             {"due", d.due},
                             {"oldest", d.oldest},
                             {"bytes", d.bytes},
                             {"reason", d.reason}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kQueueSummary;
const Operation kQueueSummary = {.name = "queue.summary",
                                 .method = Method::Get,
                                 .path = "/queue/summary",
                                 .help = "Says how much waits for each destination.",
                                 .result = {Shape::Kind::Many,
                                            {{"destination", Param::Type::String, "A domain, or account:NAME."},
                                             {"waiting", Param::Type::Int, "Recipients."},
                                             {"held", Param::Type::Int, "Of these, held."},
                                             {"due", Param::Type::Time, "The next attempt."},
                                             {"oldest", Param::Type::Time, "When the oldest came."},
                                             {"bytes", Param::Type::Int, "Of their messages."},
                                             {"reason", Param::Type::String, "The words of the last attempt."}}},
                                 .run = run};

}  // namespace posthouse::admin
