#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/edit/path.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  return changeValue(call, call.core.changes->mainFile(),
                     "plugins." + config::edit::keyText(call.text("plugin")) + ".enabled", true);
}

}  // namespace

extern const Operation kPluginEnable;
const Operation kPluginEnable = {
    .name = "plugin.enable",
    .method = Method::Post,
    .path = "/plugins/{plugin}/enable",
    .help = "Switches a plugin on.",
    .params = {{"plugin", Param::Type::String, Param::kRequired, "Its name."}, previewParam()},
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
