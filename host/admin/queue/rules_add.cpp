#include "admin/core.hpp"
#include "admin/queue/filter.hpp"
#include "ph/address/domain.hpp"
#include "queue/queue.hpp"

namespace posthouse::admin {
namespace {

ph::Result<std::string> domain(Call& call, const char* name) {
  const auto& text = call.text(name);
  if (text.empty()) return text;
  return ph::address::normaliseDomain(text);
}

Answer run(Call& call) {
  queue::HoldRule rule;
  rule.account = call.text("account");
  const auto from = domain(call, "from");
  if (!from) return from.error();
  const auto to = domain(call, "to");
  if (!to) return to.error();
  rule.fromDomain = *from;
  rule.toDomain = *to;
  const bool all = rule.account.empty() && rule.fromDomain.empty() && rule.toDomain.empty();
  if (all && !call.flag("all")) return ph::Error{ph::Kind::Invalid, "say which mail, or 'all' to hold everything"};
  const auto id = call.core.queue->addHoldRule(rule);
  if (!id) return id.error();
  return json::Value::object({{"id", *id}});
}

}  // namespace

extern const Operation kQueueRulesAdd;
const Operation kQueueRulesAdd = {
    .name = "queue.rules.add",
    .method = Method::Post,
    .path = "/queue/rules",
    .help = "Holds new mail that meets any of the words, and what waits already where all of them fit.",
    .params = {{"account", Param::Type::String, Param::kOptional, "Who submits it.", Subject::Account},
               {"from", Param::Type::String, Param::kOptional, "The sender's domain."},
               {"to", Param::Type::String, Param::kOptional, "A recipient's domain."},
               {"all", Param::Type::Bool, Param::kOptional, "Needed to hold everything."}},
    .changes = true,
    .result = {Shape::Kind::One, {{"id", Param::Type::Int, "Of the rule."}}},
    .run = run};

}  // namespace posthouse::admin
