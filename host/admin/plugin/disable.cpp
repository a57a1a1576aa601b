#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/edit/path.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  return changeValue(call, call.core.changes->mainFile(),
                     "plugins." + config::edit::keyText(call.text("plugin")) + ".enabled", false);
}

}  // namespace

extern const Operation kPluginDisable;
const Operation kPluginDisable = {
    .name = "plugin.disable",
    .method = Method::Post,
    .path = "/plugins/{plugin}/disable",
    .help = "Switches a plugin off, until it is switched on again.",
    .params = {{"plugin", Param::Type::String, Param::kRequired, "Its name."}, previewParam()},
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
