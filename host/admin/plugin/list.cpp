#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/server.hpp"
#include "plugin/host.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  Value items = Value::list();
  for (const auto& r : call.core.plugins->report()) {
    Value hooks = Value::list();
    for (const auto& h : r.hooks) hooks.add(h.open ? h.name + " (not called for now)" : h.name);
    items.add(Value::object({{"plugin", r.id},
                             {"version", r.version},
                             {"state", plugin::stateName(r.state)},
                             {"late_calls", static_cast<uint64_t>(r.lateCalls)},
                             {"stuck_calls", static_cast<uint64_t>(r.stuckCalls)},
                             {"hooks", std::move(hooks)},
                             {"reason", r.reason}}));
  }
  const auto config = call.core.config();
  for (const auto& [name, p] : config->plugins) {
    if (!p.enabled)
      items.add(Value::object({{"plugin", name}, {"state", "off"}, {"reason", "the configuration says so"}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kPluginList;
const Operation kPluginList = {.name = "plugin.list",
                               .method = Method::Get,
                               .path = "/plugins",
                               .help = "Lists the plugins that run, and those that should and don't.",
                               .result = {Shape::Kind::Many,
                                          {{"plugin", Param::Type::String, "Its name."},
                                           {"version", Param::Type::String, "Of the plugin."},
                                           {"state", Param::Type::String, "As docs/design/containment.md has them."},
                                           {"late_calls", Param::Type::Int, "Calls over their deadline."},
                                           {"stuck_calls", Param::Type::Int, "Calls that do not return."},
                                           {"hooks", Param::Type::List, "What it is asked."},
                                           {"reason", Param::Type::String, "Why it does not run."}}},
                               .run = run};

}  // namespace posthouse::admin
