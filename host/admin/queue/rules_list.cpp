#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "queue/queue.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto rules = call.core.queue->holdRules();
  if (!rules) return rules.error();
  Value items = Value::list();
  for (const auto& r : *rules) {
    items.add(Value::object({{"id", r.id}, {"account", r.account}, {"from", r.fromDomain}, {"to", r.toDomain}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kQueueRulesList;
const Operation kQueueRulesList = {.name = "queue.rules.list",
                                   .method = Method::Get,
                                   .path = "/queue/rules",
                                   .help = "Lists the rules that hold new mail.",
                                   .result = {Shape::Kind::Many,
                                              {{"id", Param::Type::Int, "Of the rule."},
                                               {"account", Param::Type::String, "Who submits it; empty: anybody."},
                                               {"from", Param::Type::String, "The sender's domain."},
                                               {"to", Param::Type::String, "A recipient's domain."}}},
                                   .run = run};

}  // namespace posthouse::admin
