#include "admin/plugin/option_form.hpp"

#include "admin/core.hpp"
#include "config/edit/edit.hpp"
#include "config/server.hpp"
#include "json/parse.hpp"
#include "plugin/host.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

void addFields(const Value& schema, const Value& values, const std::string& prefix, std::vector<OptionField>* out) {
  for (const auto& [key, rule] : schema["properties"].members()) {
    const std::string type = rule["type"].string();
    if (type == "object" && rule.find("properties")) {
      addFields(rule, values[key], prefix + key + ".", out);
      continue;
    }
    OptionField f;
    f.name = prefix + key;
    f.type = type == "array" ? (rule["items"]["type"].string() == "string" ? "list" : "object") : type;
    f.format = rule["format"].string();
    f.help = rule["description"].string();
    f.standard = rule["default"];
    f.value = values[key];
    f.allowed = rule["enum"].strings();
    out->push_back(std::move(f));
  }
}

}  // namespace

ph::Result<std::vector<OptionField>> optionForm(const Core& core, const std::string& plugin) {
  const auto manifest = core.plugins->manifest(plugin);
  if (!manifest) return manifest.error();
  const auto schema = json::parse(manifest->configSchema);
  if (!schema) return schema.error();
  const auto config = core.config();
  const auto c = config->plugins.find(plugin);
  const Value values = c == config->plugins.end() ? Value::object() : config::edit::toJson(c->second.options);
  std::vector<OptionField> out;
  addFields(*schema, values, {}, &out);
  return out;
}

}  // namespace posthouse::admin
