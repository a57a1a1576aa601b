#include "config/schema.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <optional>

#include "config/suggest.hpp"

namespace posthouse::config {

struct Schema::Rule {
  Node::Type type = Node::Type::Table;
  std::string format;
  std::optional<Node> fallback;
  std::vector<std::string> allowed;
  std::optional<int64_t> minimum;
  std::optional<int64_t> maximum;
  size_t minLength = 0;
  std::vector<std::pair<std::string, std::shared_ptr<const Rule>>> properties;
  std::vector<std::string> required;
  std::shared_ptr<const Rule> additional;
  std::shared_ptr<const Rule> items;
};

namespace {

using Rule = Schema::Rule;
using Poco::Dynamic::Var;
using Poco::JSON::Object;

struct BadSchema : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Node fromJson(const Var& v) {
  Node n;
  if (v.type() == typeid(bool)) {
    n.type = Node::Type::Bool;
    n.boolean = v.convert<bool>();
  } else if (v.isInteger()) {
    n.type = Node::Type::Int;
    n.integer = v.convert<int64_t>();
  } else if (v.isString()) {
    n.type = Node::Type::String;
    n.string = v.convert<std::string>();
  } else if (v.type() == typeid(Poco::JSON::Array::Ptr)) {
    n.type = Node::Type::List;
    for (const auto& item : *v.extract<Poco::JSON::Array::Ptr>()) n.list.push_back(fromJson(item));
  } else {
    throw BadSchema("default of this type");
  }
  return n;
}

Node::Type typeOf(const std::string& name) {
  if (name == "object") return Node::Type::Table;
  if (name == "array") return Node::Type::List;
  if (name == "string") return Node::Type::String;
  if (name == "integer") return Node::Type::Int;
  if (name == "boolean") return Node::Type::Bool;
  throw BadSchema("type " + name);
}

std::shared_ptr<const Rule> compile(const Object::Ptr& o, int depth) {
  if (depth > 16) throw BadSchema("nesting");
  auto rule = std::make_shared<Rule>();
  for (const auto& [key, value] : *o) {
    if (key == "type") {
      rule->type = typeOf(value.convert<std::string>());
    } else if (key == "format") {
      rule->format = value.convert<std::string>();
    } else if (key == "default") {
      rule->fallback = fromJson(value);
    } else if (key == "enum") {
      for (const auto& v : *value.extract<Poco::JSON::Array::Ptr>()) rule->allowed.push_back(v.convert<std::string>());
    } else if (key == "minimum") {
      rule->minimum = value.convert<int64_t>();
    } else if (key == "maximum") {
      rule->maximum = value.convert<int64_t>();
    } else if (key == "minLength") {
      rule->minLength = value.convert<size_t>();
    } else if (key == "required") {
      for (const auto& v : *value.extract<Poco::JSON::Array::Ptr>()) rule->required.push_back(v.convert<std::string>());
    } else if (key == "properties") {
      for (const auto& [name, sub] : *value.extract<Object::Ptr>()) {
        rule->properties.emplace_back(name, compile(sub.extract<Object::Ptr>(), depth + 1));
      }
    } else if (key == "additionalProperties") {
      if (value.type() == typeid(Object::Ptr)) rule->additional = compile(value.extract<Object::Ptr>(), depth + 1);
    } else if (key == "items") {
      rule->items = compile(value.extract<Object::Ptr>(), depth + 1);
    } else if (key != "description" && key != "title" && key != "reload" && key != "examples") {
      throw BadSchema("keyword " + key);
    }
  }
  return rule;
}

const char* nameOf(Node::Type t) {
  switch (t) {
    case Node::Type::Bool:
      return "true or false";
    case Node::Type::Int:
      return "a whole number";
    case Node::Type::String:
      return "a string";
    case Node::Type::List:
      return "a list";
    case Node::Type::Table:
      return "a table";
  }
  return "?";
}

class Checker {
 public:
  std::vector<std::string> problems;

  void check(const Rule& rule, Node& node, const std::string& path) {
    if (node.type != rule.type) {
      problem(node, "'" + path + "' must be " + nameOf(rule.type) + ", not " + nameOf(node.type));
      return;
    }
    switch (rule.type) {
      case Node::Type::Table:
        table(rule, node, path);
        break;
      case Node::Type::List:
        if (rule.items) {
          for (size_t i = 0; i < node.list.size(); ++i)
            check(*rule.items, node.list[i], path + "[" + std::to_string(i) + "]");
        }
        break;
      case Node::Type::Int:
        integer(rule, node, path);
        break;
      case Node::Type::String:
        string(rule, node, path);
        break;
      case Node::Type::Bool:
        break;
    }
  }

 private:
  void problem(const Node& node, const std::string& text) { problems.push_back(node.at.text() + ": " + text); }

  void integer(const Rule& rule, const Node& node, const std::string& path) {
    if (rule.minimum && node.integer < *rule.minimum)
      problem(node, "'" + path + "' must be at least " + std::to_string(*rule.minimum));
    if (rule.maximum && node.integer > *rule.maximum)
      problem(node, "'" + path + "' must be at most " + std::to_string(*rule.maximum));
  }

  void string(const Rule& rule, const Node& node, const std::string& path) {
    int64_t ms = 0;
    uint64_t bytes = 0;
    if (rule.format == "duration" && !parseDuration(node.string, &ms)) {
      problem(node, "'" + path + "' must be a duration such as \"30s\", \"5m\" or \"1h30m\"");
    } else if (rule.format == "size" && !parseSize(node.string, &bytes)) {
      problem(node, "'" + path + "' must be a size such as \"512KB\" or \"100MB\"");
    } else if (node.string.size() < rule.minLength) {
      problem(node, "'" + path + "' must not be empty");
    } else if (!rule.allowed.empty() &&
               std::find(rule.allowed.begin(), rule.allowed.end(), node.string) == rule.allowed.end()) {
      std::string list;
      for (const auto& a : rule.allowed) list += (list.empty() ? "\"" : ", \"") + a + "\"";
      problem(node, "'" + path + "' must be one of " + list);
    }
  }

  void table(const Rule& rule, Node& node, const std::string& path) {
    const std::string prefix = path.empty() ? "" : path + ".";
    for (auto& [key, value] : node.table) {
      const auto known = std::find_if(rule.properties.begin(), rule.properties.end(),
                                      [&k = key](const auto& p) { return p.first == k; });
      if (known != rule.properties.end()) {
        check(*known->second, value, prefix + key);
      } else if (rule.additional) {
        check(*rule.additional, value, prefix + key);
      } else {
        std::vector<std::string> names;
        for (const auto& p : rule.properties) names.push_back(p.first);
        problem(value, "unknown key '" + prefix + key + "'" + suggest(key, names));
      }
    }
    for (const auto& name : rule.required) {
      if (!node.child(name)) problem(node, "'" + prefix + name + "' is missing");
    }
    for (const auto& [name, sub] : rule.properties) {
      if (node.child(name)) continue;
      if (sub->fallback) {
        node.table.emplace_back(name, *sub->fallback);
      } else if (sub->type == Node::Type::Table && !sub->properties.empty() && sub->required.empty()) {
        // A whole section left out still has its defaults.
        Node section;
        section.at = node.at;
        check(*sub, section, prefix + name);
        node.table.emplace_back(name, std::move(section));
      }
    }
  }
};

}  // namespace

ph::Result<Schema> Schema::parse(const std::string& json) {
  try {
    Poco::JSON::Parser parser;
    return Schema(compile(parser.parse(json).extract<Object::Ptr>(), 0));
  } catch (const Poco::Exception& e) {
    return ph::Error{ph::Kind::Invalid, "schema: " + e.displayText()};
  } catch (const BadSchema& e) {
    return ph::Error{ph::Kind::Invalid, std::string("schema: not understood: ") + e.what()};
  }
}

std::vector<std::string> Schema::apply(Node* node) const {
  Checker checker;
  checker.check(*root_, *node, "");
  return std::move(checker.problems);
}

}  // namespace posthouse::config
