// Commands of a plugin: Command is one, CommandCall one call of it.
// Threads: a command's function runs on many workers at once; a CommandCall belongs to the one it was given to.
#pragma once

#include <ph/draft/host/cli.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ph/guard.hpp"
#include "ph/host.hpp"
#include "ph/result.hpp"
#include "ph/text.hpp"

namespace ph {

class CommandCall {
 public:
  CommandCall(const ph_cli& api, ph_cli_call* call) : api_(api), call_(call) {}

  // Left out, or a parameter that was not described: nothing.
  std::optional<std::string_view> find(std::string_view name) const {
    ph_str out{};
    if (api_.text(call_, str(name), &out) != PH_OK) return std::nullopt;
    return view(out);
  }
  std::string_view text(std::string_view name) const { return find(name).value_or(std::string_view()); }
  int64_t integer(std::string_view name, int64_t fallback = 0) const {
    int64_t out = 0;
    return api_.integer(call_, str(name), &out) == PH_OK ? out : fallback;
  }
  bool flag(std::string_view name) const { return integer(name) != 0; }
  std::vector<std::string> list(std::string_view name) const {
    std::vector<std::string> out;
    size_t n = 0;
    if (api_.list_size(call_, str(name), &n) != PH_OK) return out;
    for (size_t i = 0; i < n; ++i) {
      ph_str item{};
      if (api_.list_item(call_, str(name), i, &item) == PH_OK) out.emplace_back(view(item));
    }
    return out;
  }

  ph_cli_caller caller() const {
    auto out = sized<ph_cli_caller>();
    api_.caller(call_, &out);
    return out;
  }
  // `names` is one of PH_CLI_NAMES_*.
  bool may(int32_t names, std::string_view what) const { return api_.may(call_, names, str(what)) != 0; }
  bool cancelled() const { return api_.cancelled(call_) != 0; }

  // A JSON object; ph/json/value.hpp of ph::lib makes one.
  Status answer(std::string_view json) { return toStatus(api_.answer(call_, str(json)), "the answer is refused"); }
  void explain(std::string_view text) { api_.explain(call_, str(text)); }

 private:
  const ph_cli& api_;
  ph_cli_call* call_;
};

// A command offered to the host. Must live as long as the plugin, so keep it as a member of it. What its function
// returns as an error is what the caller is told.
class Command {
 public:
  struct Param {
    std::string name;
    int32_t type = PH_CLI_TEXT;
    uint32_t flags = 0;  // PH_CLI_REQUIRED ...
    std::string help;
    int32_t names = PH_CLI_NAMES_NOTHING;
    std::vector<std::string> allowed = {};
  };
  struct Field {
    std::string name;
    int32_t type = PH_CLI_TEXT;
    std::string help;
  };
  struct Shape {
    std::string words;
    std::string help;
    std::vector<Param> params = {};
    std::vector<Field> fields = {};
    uint32_t flags = 0;  // PH_CLI_CHANGES, PH_CLI_OFFLINE, PH_CLI_MANY, PH_CLI_JSON
    int32_t role = PH_CLI_ADMIN;
    uint32_t deadlineMs = 0;
  };
  using Function = std::function<Status(CommandCall&)>;

  Command(const Host& host, Shape shape, Function function)
      : host_(host), api_(host.get<ph_cli>(PH_IF_CLI)), shape_(std::move(shape)), function_(std::move(function)) {}
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  // Call in Plugin::start; what runs offline: in the plugin's constructor.
  Status add() {
    if (!api_) return Error{Kind::Unavailable, "this host has no commands"};
    std::vector<std::vector<ph_str>> allowed;
    std::vector<ph_cli_param> params;
    for (const auto& p : shape_.params) {
      auto& values = allowed.emplace_back();
      for (const auto& a : p.allowed) values.push_back(str(a));
      auto out = sized<ph_cli_param>();
      out.type = p.type;
      out.flags = p.flags;
      out.names = p.names;
      out.name = str(p.name);
      out.help = str(p.help);
      out.allowed = values.data();  // stays where it is when `allowed` grows
      out.allowed_count = values.size();
      params.push_back(out);
    }
    std::vector<ph_cli_field> fields;
    for (const auto& f : shape_.fields) {
      auto out = sized<ph_cli_field>();
      out.type = f.type;
      out.name = str(f.name);
      out.help = str(f.help);
      fields.push_back(out);
    }
    auto c = sized<ph_cli_command>();
    c.role = shape_.role;
    c.flags = shape_.flags;
    c.deadline_ms = shape_.deadlineMs;
    c.words = str(shape_.words);
    c.help = str(shape_.help);
    c.params = params.data();
    c.param_count = params.size();
    c.fields = fields.data();
    c.field_count = fields.size();
    c.self = this;
    c.run = [](void* self, ph_cli_call* raw) -> ph_status {
      auto* command = static_cast<Command*>(self);
      return guard(&command->host_, command->shape_.words.c_str(), ph_status{PH_E_BUG}, [&] {
        CommandCall call(*command->api_, raw);
        const Status s = command->function_(call);
        if (!s) call.explain(s.error().text);
        return fromStatus(s);
      });
    };
    return toStatus(api_->command_add(host_.raw(), &c), "the command '" + shape_.words + "' is refused");
  }

 private:
  const Host& host_;
  const ph_cli* api_;
  Shape shape_;
  Function function_;
};

}  // namespace ph
