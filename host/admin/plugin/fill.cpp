#include "admin/change_call.hpp"
#include "admin/core.hpp"
#include "admin/operation.hpp"
#include "admin/plugin/option_form.hpp"
#include "config/edit/path.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

Answer run(Call& call) {
  const Value& values = call.args["values"];
  if (values.type() != Value::Type::Object || values.members().empty())
    return ph::Error{ph::Kind::Invalid, "'values' must be an object with options"};
  if (const auto form = optionForm(call.core, call.text("plugin")); !form) return form.error();
  const std::string table = "plugins." + config::edit::keyText(call.text("plugin")) + ".";
  return change(call, [&](const Changes& changes) -> ph::Result<Changes::Texts> {
    const std::string file = changes.mainFile();
    auto text = changes.text(file);
    for (const auto& [key, value] : values.members()) {
      if (text) text = withValue(*text, table + key, value);
    }
    if (!text) return text.error();
    return Changes::Texts{{file, std::move(*text)}};
  });
}

}  // namespace

extern const Operation kPluginFill;
const Operation kPluginFill = {
    .name = "plugin.fill",
    .method = Method::Put,
    .path = "/plugins/{plugin}/form",
    .help = "Sets several options of a plugin at once; they are judged together.",
    .params = {{"plugin", Param::Type::String, Param::kRequired, "Its name."},
               {"values", Param::Type::Any, Param::kRequired | Param::kWord,
                "{\"option\": value, ...} with the options of plugin form; null: as if never set."},
               previewParam()},
    .changes = true,
    .result = changeResult(),
    .run = run};

}  // namespace posthouse::admin
