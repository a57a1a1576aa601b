#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/edit/path.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  if (call.args["value"].isNull()) return ph::Error{ph::Kind::Invalid, "there is no null in TOML"};
  return changeValue(call, call.core.changes->mainFile(),
                     "plugins." + config::edit::keyText(call.text("plugin")) + "." + call.text("option"),
                     call.args["value"]);
}

}  // namespace

extern const Operation kPluginConfigure;
const Operation kPluginConfigure = {
    .name = "plugin.configure",
    .method = Method::Patch,
    .path = "/plugins/{plugin}",
    .help = "Sets one option of a plugin; with preview it is only judged.",
    .params = {{"plugin", Param::Type::String, Param::kRequired, "Its name."},
               {"option", Param::Type::String, Param::kRequired | Param::kWord, "Its path, as pedantic."},
               {"value", Param::Type::Any, Param::kRequired | Param::kWord, "JSON; what is none is taken as a string."},
               previewParam()},
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
