#include "admin/arguments.hpp"

#include <algorithm>
#include <charconv>

#include "config/suggest.hpp"
#include "json/parse.hpp"
#include "ph/sasl/base64.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

constexpr size_t kMaxText = 64 * 1024;

ph::Error invalid(const Param& p, const std::string& why) {
  return {ph::Kind::Invalid, "'" + std::string(p.name) + "' " + why};
}

bool isList(const Value& v) {
  return v.type() == Value::Type::List && std::all_of(v.items().begin(), v.items().end(),
                                                      [](const Value& i) { return i.type() == Value::Type::String; });
}

ph::Status checkText(const Param& p, const std::string& text) {
  if (text.size() > kMaxText) return invalid(p, "is too long");
  if (text.find('\0') != std::string::npos) return invalid(p, "must not hold a zero byte");
  if (p.allowed.empty() || std::find(p.allowed.begin(), p.allowed.end(), text) != p.allowed.end()) return {};
  std::string list;
  for (const char* a : p.allowed) list += (list.empty() ? "" : ", ") + std::string(a);
  return invalid(p, "must be one of " + list);
}

ph::Status check(const Param& p, const Value& v) {
  switch (p.type) {
    case Param::Type::String:
      return v.type() == Value::Type::String ? checkText(p, v.string()) : invalid(p, "must be a string");
    case Param::Type::Int:
    case Param::Type::Time:
      return v.type() == Value::Type::Int ? ph::Status() : invalid(p, "must be a whole number");
    case Param::Type::Bool:
      return v.type() == Value::Type::Bool ? ph::Status() : invalid(p, "must be true or false");
    case Param::Type::List:
      if (!isList(v)) return invalid(p, "must be a list of strings");
      for (const auto& item : v.strings()) {
        if (auto s = checkText(p, item); !s) return s;
      }
      return {};
    case Param::Type::File:
      return v.type() == Value::Type::String && ph::sasl::decodeBase64(v.string())
                 ? ph::Status()
                 : invalid(p, "must be bytes as base64");
    case Param::Type::Any:
      return {};
  }
  return {};
}

}  // namespace

ph::Status checkTypes(const Operation& operation, const Value& args) {
  if (args.type() != Value::Type::Object) return ph::Error{ph::Kind::Invalid, "the parameters must be a JSON object"};
  for (const auto& [key, value] : args.members()) {
    const Param* p = operation.param(key);
    if (!p) {
      std::vector<std::string> names;
      for (const auto& known : operation.params) names.emplace_back(known.name);
      return ph::Error{ph::Kind::Invalid, "unknown parameter '" + key + "'" + config::suggest(key, names)};
    }
    if (auto s = check(*p, value); !s) return s;
  }
  return {};
}

ph::Status checkPresence(const Operation& operation, const Value& args) {
  for (const auto& p : operation.params) {
    if (!p.required()) continue;
    const Value* v = args.find(p.name);
    if (!v) return invalid(p, "is missing");
    if (p.type == Param::Type::String && v->string().empty()) return invalid(p, "must not be empty");
    if (p.type == Param::Type::List && v->items().empty()) return invalid(p, "must not be empty");
  }
  return {};
}

ph::Status addText(const Param& p, const std::string& text, Value* args) {
  if (args->find(p.name) && p.type != Param::Type::List) return invalid(p, "comes twice");
  switch (p.type) {
    case Param::Type::String:
    case Param::Type::File:
      args->set(p.name, text);
      return {};
    case Param::Type::Bool:
      if (text != "true" && text != "false" && !text.empty()) return invalid(p, "must be true or false");
      args->set(p.name, text != "false");
      return {};
    case Param::Type::Int:
    case Param::Type::Time: {
      int64_t n = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
      if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return invalid(p, "must be a whole number");
      args->set(p.name, n);
      return {};
    }
    case Param::Type::List: {
      Value list = args->find(p.name) ? (*args)[p.name] : Value::list();
      args->set(p.name, list.add(text));
      return {};
    }
    case Param::Type::Any: {
      // What is no JSON is a string: nobody likes to quote twice in a shell.
      auto parsed = json::parse(text);
      args->set(p.name, parsed ? std::move(*parsed) : Value(text));
      return {};
    }
  }
  return {};
}

}  // namespace posthouse::admin
