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
  return changeValue(call, fileOf(call), call.text("key"), {});
}

}  // namespace

extern const Operation kConfigUnset;
const Operation kConfigUnset = {
    .name = "config.unset",
    .method = Method::Delete,
    .path = "/config",
    .help = "Takes one value, or a table, out of a configuration file: its default holds again.",
    .params = {{"key", Param::Type::String, Param::kRequired | Param::kWord,
                "The path of a value, as plugins.smtp.pedantic or certificates[0].key."},
               {"file", Param::Type::String, Param::kOptional,
                "posthouse.toml (when it is not said), domains/NAME.toml or accounts/NAME.toml."},
               previewParam()},
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
