// Values of a configuration file as JSON, and back as text.
#include "config/edit/edit.hpp"

namespace posthouse::config::edit {

using json::Value;

const Node* find(const Node& root, const Path& path) {
  const Node* n = &root;
  for (const auto& step : path) {
    n = n->child(step.key);
    if (!n) return nullptr;
    if (step.index < 0) continue;
    if (n->type != Node::Type::List || static_cast<size_t>(step.index) >= n->list.size()) return nullptr;
    n = &n->list[static_cast<size_t>(step.index)];
  }
  return n;
}

Value toJson(const Node& node) {
  switch (node.type) {
    case Node::Type::Bool:
      return node.boolean;
    case Node::Type::Int:
      return node.integer;
    case Node::Type::String:
      return node.string;
    case Node::Type::List: {
      Value out = Value::list();
      for (const auto& item : node.list) out.add(toJson(item));
      return out;
    }
    case Node::Type::Table:
      break;
  }
  Value out = Value::object();
  for (const auto& [key, item] : node.table) out.set(key, toJson(item));
  return out;
}

ph::Result<std::string> toToml(const Value& value) {
  std::string out;
  switch (value.type()) {
    case Value::Type::Null:
      return ph::Error{ph::Kind::Invalid, "there is no null in TOML"};
    case Value::Type::Bool:
    case Value::Type::Int:
    case Value::Type::String:
      return json::text(value);  // spelled alike
    case Value::Type::List:
      for (const auto& item : value.items()) {
        const auto text = toToml(item);
        if (!text) return text.error();
        out += (out.empty() ? "" : ", ") + *text;
      }
      return "[" + out + "]";
    case Value::Type::Object:
      for (const auto& [key, item] : value.members()) {
        const auto text = toToml(item);
        if (!text) return text.error();
        out += (out.empty() ? " " : ", ") + keyText(key) + " = " + *text;
      }
      return out.empty() ? std::string("{}") : "{" + out + " }";
  }
  return out;
}

}  // namespace posthouse::config::edit
