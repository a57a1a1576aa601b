#include "testkit/cli.hpp"

#include <algorithm>

#include "ph/json/parse.hpp"
#include "ph/text.hpp"

struct ph_cli_call {
  const ph::testkit::Cli::Command& command;
  const ph::json::Value& args;
  const ph::testkit::Cli::Caller& caller;
  ph::testkit::CommandAnswer answer;
};

namespace ph::testkit {
namespace {

using json::Value;

// Structs that grow stand one behind the other: each says how long it is.
template <class T>
const T* next(const T* p) {
  return reinterpret_cast<const T*>(reinterpret_cast<const char*>(p) + p->size);
}

ph_status add(const ph_host* host, const ph_cli_command* c) {
  Cli& cli = Cli::of(host);
  const std::string words(view(c->words));
  if (words.empty() || view(c->help).empty() || !c->run || cli.find(words)) return PH_E_INVALID;
  Cli::Command out{words, std::string(view(c->help)), c->role, c->flags, c->deadline_ms, {}, {}, c->self, c->run};
  const ph_cli_param* p = c->params;
  for (size_t i = 0; i < c->param_count; ++i, p = next(p)) {
    auto& made = out.params.emplace_back(Cli::Param{std::string(view(p->name)), p->type, p->flags, p->names, {}});
    if (made.name.empty() || view(p->help).empty()) return PH_E_INVALID;
    for (size_t n = 0; n < p->allowed_count; ++n) made.allowed.emplace_back(view(p->allowed[n]));
  }
  const ph_cli_field* f = c->fields;
  for (size_t i = 0; i < c->field_count; ++i, f = next(f)) out.fields.emplace_back(view(f->name));
  cli.commands.push_back(std::move(out));
  return PH_OK;
}

bool fits(const Cli::Param& p, const Value& v) {
  switch (p.type) {
    case PH_CLI_INT:
    case PH_CLI_TIME:
      return v.type() == Value::Type::Int;
    case PH_CLI_BOOL:
      return v.type() == Value::Type::Bool;
    case PH_CLI_LIST:
      return v.type() == Value::Type::List && v.strings().size() == v.items().size();
    default:
      return v.type() == Value::Type::String &&
             (p.allowed.empty() || std::find(p.allowed.begin(), p.allowed.end(), v.string()) != p.allowed.end());
  }
}

bool fits(const Cli::Command& c, const Value& args) {
  for (const auto& [key, value] : args.members()) {
    const auto p =
        std::find_if(c.params.begin(), c.params.end(), [&key = key](const auto& q) { return q.name == key; });
    if (p == c.params.end() || !fits(*p, value)) return false;
  }
  return std::all_of(c.params.begin(), c.params.end(),
                     [&](const auto& p) { return (p.flags & PH_CLI_REQUIRED) == 0 || args.find(p.name); });
}

ph_status find(const ph_cli_call* call, ph_str name, std::initializer_list<int32_t> types, const Value** out) {
  const auto& params = call->command.params;
  const auto p = std::find_if(params.begin(), params.end(), [&](const auto& q) { return q.name == view(name); });
  if (p == params.end() || std::find(types.begin(), types.end(), p->type) == types.end()) return PH_E_INVALID;
  *out = call->args.find(view(name));
  return *out ? PH_OK : PH_E_NOT_FOUND;
}

}  // namespace

Cli& Cli::of(const ph_host* host) {
  return *const_cast<Cli*>(static_cast<const Cli*>(host->get(host, kId)));
}

Cli::Cli() : table_(sized<ph_cli>()) {
  table_.command_add = add;
  table_.caller = [](const ph_cli_call* c, ph_cli_caller* out) {
    *out = sized<ph_cli_caller>();
    out->role = c->caller.role;
    out->offline = c->caller.offline ? 1 : 0;
    out->name = str(c->caller.name);
    out->face = str(c->caller.offline ? "offline" : "socket");
    out->account = str(c->caller.account);
  };
  table_.may = [](const ph_cli_call* c, int32_t names, ph_str what) -> int32_t {
    if (c->caller.role == PH_CLI_ADMIN) return 1;
    return c->caller.may && c->caller.may(names, view(what)) ? 1 : 0;
  };
  table_.text = [](const ph_cli_call* c, ph_str name, ph_str* out) -> ph_status {
    const Value* v = nullptr;
    const ph_status s = testkit::find(c, name, {PH_CLI_TEXT, PH_CLI_FILE}, &v);
    if (s == PH_OK) *out = str(v->string());
    return s;
  };
  table_.integer = [](const ph_cli_call* c, ph_str name, int64_t* out) -> ph_status {
    const Value* v = nullptr;
    const ph_status s = testkit::find(c, name, {PH_CLI_INT, PH_CLI_BOOL, PH_CLI_TIME}, &v);
    if (s == PH_OK) *out = v->boolean() ? 1 : v->integer();
    return s;
  };
  table_.list_size = [](const ph_cli_call* c, ph_str name, size_t* out) -> ph_status {
    const Value* v = nullptr;
    const ph_status s = testkit::find(c, name, {PH_CLI_LIST}, &v);
    if (s == PH_OK) *out = v->items().size();
    return s;
  };
  table_.list_item = [](const ph_cli_call* c, ph_str name, size_t index, ph_str* out) -> ph_status {
    const Value* v = nullptr;
    const ph_status s = testkit::find(c, name, {PH_CLI_LIST}, &v);
    if (s == PH_OK && index >= v->items().size()) return PH_E_NOT_FOUND;
    if (s == PH_OK) *out = str(v->items()[index].string());
    return s;
  };
  table_.answer = [](ph_cli_call* c, ph_str text) -> ph_status {
    auto v = json::parse(view(text));
    if (!v || v->type() != Value::Type::Object) return PH_E_INVALID;
    if ((c->command.flags & PH_CLI_MANY) != 0 && (*v)["items"].type() != Value::Type::List) return PH_E_INVALID;
    c->answer.answer = std::move(*v);
    return PH_OK;
  };
  table_.explain = [](ph_cli_call* c, ph_str text) { c->answer.reason = view(text); };
  table_.cancelled = [](const ph_cli_call*) -> int32_t { return 0; };
}

const Cli::Command* Cli::find(std::string_view words) const {
  const auto i = std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return c.words == words; });
  return i == commands.end() ? nullptr : &*i;
}

CommandAnswer Cli::call(std::string_view words, const Value& args, const Caller& caller) const {
  CommandAnswer out;
  const Command* command = find(words);
  if (!command) return out;
  out.result = PH_E_INVALID;
  if (!fits(*command, args)) return out;
  ph_cli_call call{*command, args, caller, {}};
  call.answer.result = command->run(command->self, &call);
  return std::move(call.answer);
}

}  // namespace ph::testkit
