// A ph.cli/1 without a server: a test calls a plugin's commands and looks at what they answered. Threads: one.
#pragma once

#include <ph/draft/host/cli.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ph/json/value.hpp"

namespace ph::testkit {

struct CommandAnswer {
  ph_status result = PH_E_NOT_FOUND;  // PH_E_NOT_FOUND also: no such command; PH_E_INVALID: arguments that don't fit
  json::Value answer;
  std::string reason;  // what it explained
};

class Cli {
 public:
  static constexpr const char* kId = "testkit.cli";

  struct Param {
    std::string name;
    int32_t type = 0;
    uint32_t flags = 0;
    int32_t names = 0;
    std::vector<std::string> allowed;
  };
  struct Command {
    std::string words, help;
    int32_t role = 0;
    uint32_t flags = 0;
    uint32_t deadlineMs = 0;
    std::vector<Param> params;
    std::vector<std::string> fields;
    void* self = nullptr;
    ph_status (*run)(void* self, ph_cli_call* call) = nullptr;
  };
  // Who calls; an admin unless a test says otherwise.
  struct Caller {
    int32_t role = PH_CLI_ADMIN;
    std::string name = "test";
    std::string account;
    std::function<bool(int32_t names, std::string_view what)> may;  // of smaller roles
    bool offline = false;
  };

  Cli();
  const ph_cli* table() const { return &table_; }
  static Cli& of(const ph_host* host);

  const Command* find(std::string_view words) const;
  // `args`: an object; files are their bytes.
  CommandAnswer call(std::string_view words, const json::Value& args = json::Value::object()) const {
    return call(words, args, Caller());
  }
  CommandAnswer call(std::string_view words, const json::Value& args, const Caller& caller) const;

  std::vector<Command> commands;

 private:
  ph_cli table_;
};

}  // namespace ph::testkit
