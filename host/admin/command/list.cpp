#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/plugin_operation.hpp"
#include "commands/commands.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  Value items = Value::list();
  if (!call.core.commands) return Value::object({{"items", std::move(items)}});
  for (const auto& o : pluginOperations(*call.core.commands)) {
    if (call.who.role < o->operation().role || !call.who.mayCall(o->operation().name)) continue;
    items.add(PluginOperation::describe(o->command())
                  .set("method", methodName(o->operation().method))
                  .set("path", std::string("/api/v1") + o->operation().path));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kCommandList;
const Operation kCommandList = {.name = "command.list",
                                .method = Method::Get,
                                .path = "/commands",
                                .help = "Lists the commands of plugins that the caller may use.",
                                .role = Role::Account,
                                .result = {Shape::Kind::Many,
                                           {{"command", Param::Type::String, "Its words."},
                                            {"plugin", Param::Type::String, "Whose it is."},
                                            {"help", Param::Type::String, "What it does."},
                                            {"role", Param::Type::String, "The least that may use it."},
                                            {"changes", Param::Type::Bool, "It goes to the audit log."},
                                            {"offline", Param::Type::Bool, "It needs no server."},
                                            {"method", Param::Type::String, "Of its route."},
                                            {"path", Param::Type::String, "Of its route."},
                                            {"many", Param::Type::Bool, "It answers with a list."},
                                            {"json", Param::Type::Bool, "Its answer is JSON for people too."},
                                            {"params", Param::Type::Any, "What it takes."},
                                            {"fields", Param::Type::Any, "What it answers."}}},
                                .run = run};

}  // namespace posthouse::admin
