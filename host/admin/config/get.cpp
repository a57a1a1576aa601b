#include "admin/changes.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "config/edit/edit.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

std::string fileOf(const Call& call) {
  return call.has("file") ? call.text("file") : call.core.changes->mainFile();
}

Answer run(Call& call) {
  const std::string file = fileOf(call);
  const auto text = call.core.changes->text(file);
  if (!text) return text.error();
  if (!call.has("key")) return Value::object({{"file", file}, {"text", *text}});
  const auto path = config::edit::parsePath(call.text("key"));
  if (!path) return path.error();
  const auto root = config::parseToml(*text, file);
  if (!root) return root.error();
  const config::Node* node = config::edit::find(*root, *path);
  if (!node) return ph::Error{ph::Kind::NotFound, file + " does not say " + call.text("key")};
  return Value::object({{"file", file}, {"value", config::edit::toJson(*node)}});
}

}  // namespace

extern const Operation kConfigGet;
const Operation kConfigGet = {
    .name = "config.get",
    .method = Method::Get,
    .path = "/config",
    .help = "Shows a configuration file, or one value of it.",
    .params = {{"key", Param::Type::String, Param::kWord, "The path of a value; the whole file when it is not said."},
               {"file", Param::Type::String, Param::kOptional,
                "posthouse.toml (when it is not said), domains/NAME.toml or accounts/NAME.toml."}},
    .result = {Shape::Kind::One,
               {{"file", Param::Type::String, "Which."},
                {"text", Param::Type::String, "The file as it is."},
                {"value", Param::Type::Any, "The value."}}},
    .run = run};

}  // namespace posthouse::admin
