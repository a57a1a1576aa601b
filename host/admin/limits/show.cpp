#include <algorithm>

#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "net/limits.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  auto counts = call.core.limits->counts();
  std::stable_sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  counts.resize(std::min(counts.size(), static_cast<size_t>(std::clamp<int64_t>(call.integer("max", 100), 0, 10000))));
  Value items = Value::list();
  for (const auto& c : counts) {
    items.add(Value::object({{"rule", c.rule},
                             {"listener", c.listener},
                             {"network", c.network.text()},
                             {"count", static_cast<uint64_t>(c.count)}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kLimitsShow;
const Operation kLimitsShow = {
    .name = "limits.show",
    .method = Method::Get,
    .path = "/limits",
    .help = "Lists what is counted against the limits now, the most first.",
    .params = {{"max", Param::Type::Int, Param::kOptional, "How many, 100 when it is not said."}},
    .result = {Shape::Kind::Many,
               {{"rule", Param::Type::String, "As in [limits]."},
                {"listener", Param::Type::String, "Which; empty: all."},
                {"network", Param::Type::String, "Whose."},
                {"count", Param::Type::Int, "How often."}}},
    .run = run};

}  // namespace posthouse::admin
