#include "ph/draft/host/cli.h"

#include <algorithm>
#include <cstddef>

#include "abi/sized.hpp"
#include "abi/tables.hpp"
#include "base/in_plugin.hpp"
#include "commands/commands.hpp"
#include "ph/text.hpp"
#include "plugin/instance.hpp"

// The plugin's name for a call.
struct ph_cli_call {
  posthouse::commands::Call& call;
};

namespace posthouse::abi {
namespace {

using commands::Call;

static_assert(static_cast<int>(commands::Type::Any) == PH_CLI_ANY);
static_assert(static_cast<int>(commands::Names::Address) == PH_CLI_NAMES_ADDRESS);
static_assert(static_cast<int>(commands::Role::Admin) == PH_CLI_ADMIN);

// Counted among the plugin's jobs while it runs, and judged with its hooks.
class PluginHandler : public commands::Handler {
 public:
  PluginHandler(plugin::Instance& instance, const ph_cli_command& command)
      : instance_(instance), self_(command.self), run_(command.run) {}

  bool begin() override { return instance_.mayBeCalled() && instance_.admitsCall() && instance_.beginJob(); }
  void end() override { instance_.endJob(); }
  ph::Status run(Call& call) override {
    const InPlugin inside(instance_.manifest().id.c_str());
    ph_cli_call raw{call};
    return ph::toStatus(run_(self_, &raw));
  }
  void late() override { instance_.callLate(); }
  void stuck() override { instance_.callStuck(); }
  void returned(bool wasStuck) override { instance_.callReturned(wasStuck); }

 private:
  plugin::Instance& instance_;
  void* const self_;
  ph_status (*const run_)(void* self, ph_cli_call* call);
};

// The number as one of the enumeration; false: it is none.
template <class E>
bool known(int32_t number, E last, E* out) {
  *out = static_cast<E>(number);
  return number >= 0 && number <= static_cast<int32_t>(last);
}

// Structs that grow stand one behind the other: each says how long it is.
template <class T>
const T* next(const T* p) {
  return reinterpret_cast<const T*>(reinterpret_cast<const char*>(p) + p->size);
}

bool read(const ph_cli_param& given, commands::Param* out) {
  if (given.size < offsetof(ph_cli_param, allowed)) return false;
  const auto p = take(given);
  if ((p.flags & ~(PH_CLI_REQUIRED | PH_CLI_WORD | PH_CLI_SECRET)) != 0 || (p.allowed_count > 0 && !p.allowed))
    return false;
  out->name = ph::view(p.name);
  out->help = ph::view(p.help);
  out->required = (p.flags & PH_CLI_REQUIRED) != 0;
  out->word = (p.flags & PH_CLI_WORD) != 0;
  out->secret = (p.flags & PH_CLI_SECRET) != 0;
  for (size_t i = 0; i < p.allowed_count; ++i) out->allowed.emplace_back(ph::view(p.allowed[i]));
  return known(p.type, commands::Type::Any, &out->type) && known(p.names, commands::Names::Address, &out->names);
}

bool read(const ph_cli_field& given, commands::Field* out) {
  if (given.size < sizeof given) return false;
  out->name = ph::view(given.name);
  out->help = ph::view(given.help);
  return known(given.type, commands::Type::Any, &out->type);
}

bool read(const ph_cli_command& given, commands::Command* out) {
  if (given.size < offsetof(ph_cli_command, run) + sizeof(given.run)) return false;
  const auto c = take(given);
  if (!c.run || (c.flags & ~(PH_CLI_CHANGES | PH_CLI_OFFLINE | PH_CLI_MANY | PH_CLI_JSON)) != 0 ||
      (c.param_count > 0 && !c.params) || (c.field_count > 0 && !c.fields) ||
      !known(c.role, commands::Role::Admin, &out->role))
    return false;
  out->words = ph::view(c.words);
  out->help = ph::view(c.help);
  out->changes = (c.flags & PH_CLI_CHANGES) != 0;
  out->offline = (c.flags & PH_CLI_OFFLINE) != 0;
  out->many = (c.flags & PH_CLI_MANY) != 0;
  out->json = (c.flags & PH_CLI_JSON) != 0;
  if (c.deadline_ms > 0) out->deadline = std::chrono::milliseconds(c.deadline_ms);
  const ph_cli_param* p = c.params;
  for (size_t i = 0; i < c.param_count; ++i, p = next(p)) {
    if (!read(*p, &out->params.emplace_back())) return false;
  }
  const ph_cli_field* f = c.fields;
  for (size_t i = 0; i < c.field_count; ++i, f = next(f)) {
    if (!read(*f, &out->fields.emplace_back())) return false;
  }
  return true;
}

ph_status commandAdd(const ph_host* host, const ph_cli_command* command) {
  auto* i = plugin::Instance::of(host);
  const auto refused = [&](const std::string& words, const ph::Error& e) {
    i->refused("command '" + words + "': " + e.text);
    return static_cast<ph_status>(e.kind);
  };
  auto c = std::make_shared<commands::Command>();
  if (!command || !read(*command, c.get())) return refused(c->words, {ph::Kind::Invalid, "malformed"});
  if (!i->core().commands) return PH_E_UNAVAILABLE;
  if (!i->mayRegister()) return PH_E_DENIED;
  const auto& listed = i->manifest().commands;
  if (std::find(listed.begin(), listed.end(), c->words) == listed.end())
    return refused(c->words, {ph::Kind::Invalid, "the manifest does not list it in contributes.commands"});
  c->plugin = i->manifest().id;
  c->handler = std::make_shared<PluginHandler>(*i, *command);
  if (auto s = i->core().commands->add(i, c); !s) return refused(c->words, s.error());
  return PH_OK;
}

void caller(const ph_cli_call* c, ph_cli_caller* out) {
  const auto& who = c->call.caller();
  auto made = ph::sized<ph_cli_caller>();
  made.role = static_cast<int32_t>(who.role);
  made.offline = who.offline ? 1 : 0;
  made.name = ph::str(who.name);
  made.face = ph::str(who.face);
  made.account = ph::str(who.account);
  made.remote_ip = ph::str(who.from);
  give(made, out);
}

int32_t may(const ph_cli_call* c, int32_t names, ph_str what) {
  commands::Names subject{};
  if (!known(names, commands::Names::Address, &subject)) return 0;
  const auto& who = c->call.caller();
  if (who.role == commands::Role::Admin) return 1;
  return who.may && who.may(subject, std::string(ph::view(what))) ? 1 : 0;
}

ph_status text(const ph_cli_call* c, ph_str name, ph_str* out) {
  const auto value = c->call.text(ph::view(name));
  if (!value) return static_cast<ph_status>(value.error().kind);
  *out = ph::str(*value);
  return PH_OK;
}

ph_status integer(const ph_cli_call* c, ph_str name, int64_t* out) {
  const auto value = c->call.integer(ph::view(name));
  if (!value) return static_cast<ph_status>(value.error().kind);
  *out = *value;
  return PH_OK;
}

ph_status listSize(const ph_cli_call* c, ph_str name, size_t* out) {
  const auto items = c->call.list(ph::view(name));
  if (!items) return static_cast<ph_status>(items.error().kind);
  *out = (*items)->size();
  return PH_OK;
}

ph_status listItem(const ph_cli_call* c, ph_str name, size_t index, ph_str* out) {
  const auto items = c->call.list(ph::view(name));
  if (!items) return static_cast<ph_status>(items.error().kind);
  if (index >= (*items)->size()) return PH_E_NOT_FOUND;
  *out = ph::str((**items)[index].string());
  return PH_OK;
}

ph_status answer(ph_cli_call* c, ph_str json) {
  return ph::fromStatus(c->call.answer(ph::view(json)));
}
void explain(ph_cli_call* c, ph_str text) {
  c->call.explain(ph::view(text));
}
int32_t cancelled(const ph_cli_call* c) {
  return c->call.cancelled() ? 1 : 0;
}

}  // namespace

const void* cliTable() {
  static const ph_cli table = {sizeof(ph_cli), 0,        commandAdd, caller, may,     text,
                               integer,        listSize, listItem,   answer, explain, cancelled};
  return &table;
}

}  // namespace posthouse::abi
