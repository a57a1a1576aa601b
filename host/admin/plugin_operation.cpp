#include "admin/plugin_operation.hpp"

#include <algorithm>

#include "admin/core.hpp"
#include "admin/registry.hpp"
#include "commands/commands.hpp"
#include "ph/sasl/base64.hpp"

namespace posthouse::admin {
namespace {

using commands::Command;
using json::Value;

static_assert(static_cast<int>(commands::Role::Admin) == static_cast<int>(Role::Admin));

constexpr const char* kTypes[] = {"text", "int", "bool", "list", "file", "time", "any"};
constexpr const char* kSubjects[] = {"", "account", "domain", "address"};

Param::Type typeOf(commands::Type type) {
  constexpr Param::Type kOwn[] = {Param::Type::String, Param::Type::Int,  Param::Type::Bool, Param::Type::List,
                                  Param::Type::File,   Param::Type::Time, Param::Type::Any};
  return kOwn[static_cast<size_t>(type)];
}

template <class E, size_t N>
bool find(const char* const (&names)[N], const std::string& name, E* out) {
  const auto i = std::find(std::begin(names), std::end(names), name);
  *out = static_cast<E>(i - std::begin(names));
  return i != std::end(names);
}

std::string with(std::string words, char joint) {
  std::replace(words.begin(), words.end(), ' ', joint);
  return words;
}

commands::Caller callerOf(const Core& core, const Principal& who) {
  commands::Caller out;
  out.role = static_cast<commands::Role>(who.role);
  out.name = who.name;
  out.face = who.face;
  out.account = who.account;
  out.from = who.from;
  out.may = [&core, who](commands::Names names, const std::string& what) {
    return mayTouch(core, static_cast<Subject>(names), what, who);
  };
  return out;
}

}  // namespace

const char* PluginOperation::keep(std::string text) {
  return texts_.emplace_back(std::move(text)).c_str();
}

PluginOperation::PluginOperation(std::shared_ptr<const Command> command) : command_(std::move(command)) {
  const Command& c = *command_;
  operation_.name = keep(with(c.words, '.'));
  // What reads without a body is a GET.
  const bool body = c.changes || std::any_of(c.params.begin(), c.params.end(),
                                             [](const auto& p) { return p.secret || p.type == commands::Type::File; });
  operation_.method = body ? Method::Post : Method::Get;
  operation_.path = keep("/plugins/" + c.plugin + "/commands/" + with(c.words, '/'));
  operation_.help = keep(c.help);
  operation_.role = static_cast<Role>(c.role);
  operation_.changes = c.changes;
  for (const auto& p : c.params) {
    Param out{keep(p.name), typeOf(p.type), Param::kOptional, keep(p.help), static_cast<Subject>(p.names), {}};
    if (p.required) out.flags |= Param::kRequired;
    if (p.word) out.flags |= Param::kWord;
    if (p.secret) out.flags |= Param::kSecret;
    for (const auto& a : p.allowed) out.allowed.push_back(keep(a));
    operation_.params.push_back(std::move(out));
  }
  operation_.result.kind = c.many ? Shape::Kind::Many : Shape::Kind::One;
  operation_.result.json = c.json;
  for (const auto& f : c.fields) operation_.result.fields.push_back({keep(f.name), typeOf(f.type), keep(f.help)});
  operation_.run = [command = command_](Call& call) -> Answer {
    return call.core.commands->run(command, callerOf(call.core, call.who), call.args);
  };
}

Value PluginOperation::describe(const Command& c) {
  Value params = Value::list(), fields = Value::list();
  for (const auto& p : c.params) {
    params.add(Value::object({{"name", p.name},
                              {"type", kTypes[static_cast<size_t>(p.type)]},
                              {"required", p.required},
                              {"word", p.word},
                              {"secret", p.secret},
                              {"names", kSubjects[static_cast<size_t>(p.names)]},
                              {"help", p.help},
                              {"allowed", p.allowed}}));
  }
  for (const auto& f : c.fields) {
    fields.add(Value::object({{"name", f.name}, {"type", kTypes[static_cast<size_t>(f.type)]}, {"help", f.help}}));
  }
  return Value::object({{"command", c.words},
                        {"plugin", c.plugin},
                        {"help", c.help},
                        {"role", roleName(static_cast<Role>(c.role))},
                        {"changes", c.changes},
                        {"offline", c.offline},
                        {"many", c.many},
                        {"json", c.json},
                        {"params", std::move(params)},
                        {"fields", std::move(fields)}});
}

ph::Result<Command> PluginOperation::read(const Value& form) {
  Command c;
  c.words = form["command"].string();
  c.plugin = form["plugin"].string();
  c.help = form["help"].string();
  const auto role = roleFrom(form["role"].string());
  c.role = static_cast<commands::Role>(role.value_or(Role::Admin));
  c.changes = form["changes"].boolean();
  c.offline = form["offline"].boolean();
  c.many = form["many"].boolean();
  c.json = form["json"].boolean();
  bool good = role.has_value();
  for (const auto& p : form["params"].items()) {
    auto& out = c.params.emplace_back();
    out.name = p["name"].string();
    out.required = p["required"].boolean();
    out.word = p["word"].boolean();
    out.secret = p["secret"].boolean();
    out.help = p["help"].string();
    out.allowed = p["allowed"].strings();
    good = find(kTypes, p["type"].string(), &out.type) && find(kSubjects, p["names"].string(), &out.names) && good;
  }
  for (const auto& f : form["fields"].items()) {
    auto& out = c.fields.emplace_back();
    out.name = f["name"].string();
    out.help = f["help"].string();
    good = find(kTypes, f["type"].string(), &out.type) && good;
  }
  if (!good) return ph::Error{ph::Kind::Invalid, "a command is not described as it should be"};
  if (auto s = commands::check(c); !s) return s.error();
  return c;
}

std::vector<PluginOperationPtr> pluginOperations(const commands::Commands& commands) {
  std::vector<PluginOperationPtr> out;
  for (const auto& c : commands.all()) out.push_back(std::make_shared<PluginOperation>(c));
  return out;
}

}  // namespace posthouse::admin
