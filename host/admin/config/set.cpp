#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

std::string fileOf(const Call& call) {
  return call.has("file") ? call.text("file") : call.core.changes->mainFile();
}

Answer run(Call& call) {
  if (call.args["value"].isNull()) return ph::Error{ph::Kind::Invalid, "there is no null in TOML"};
  return changeValue(call, fileOf(call), call.text("key"), call.args["value"]);
}

}  // namespace

extern const Operation kConfigSet;
const Operation kConfigSet = {
    .name = "config.set",
    .method = Method::Put,
    .path = "/config",
    .help = "Sets one value of a configuration file and puts it in force.",
    .params = {{"key", Param::Type::String, Param::kRequired | Param::kWord,
                "The path of a value, as plugins.smtp.pedantic or certificates[0].key."},
               {"value", Param::Type::Any, Param::kRequired | Param::kWord, "JSON; what is none is taken as a string."},
               {"file", Param::Type::String, Param::kOptional,
                "posthouse.toml (when it is not said), domains/NAME.toml or accounts/NAME.toml."},
               previewParam()},
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
