#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/plugin/option_form.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const auto fields = optionForm(call.core, call.text("plugin"));
  if (!fields) return fields.error();
  Value items = Value::list();
  for (const auto& f : *fields) {
    items.add(Value::object({{"option", f.name},
                             {"type", f.type},
                             {"format", f.format},
                             {"value", f.value},
                             {"default", f.standard},
                             {"allowed", f.allowed},
                             {"help", f.help}}));
  }
  return Value::object({{"items", std::move(items)}});
}

}  // namespace

extern const Operation kPluginForm;
const Operation kPluginForm = {
    .name = "plugin.form",
    .method = Method::Get,
    .path = "/plugins/{plugin}/form",
    .help = "Lists the options of a plugin: what they are for, and what they are now.",
    .params = {{"plugin", Param::Type::String, Param::kRequired, "Its name."}},
    .result = {Shape::Kind::Many,
               {{"option", Param::Type::String, "Its path."},
                {"type", Param::Type::String, "boolean, integer, string, list of strings, or object."},
                {"value", Param::Type::Any, "As it is set; null: not."},
                {"default", Param::Type::Any, "What holds then."},
                {"format", Param::Type::String, "Of a string: duration, size, address, path."},
                {"allowed", Param::Type::List, "Nothing else, if there is any."},
                {"help", Param::Type::String, "What it is for."}}},
    .run = run};

}  // namespace posthouse::admin
