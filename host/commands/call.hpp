// One call of a command, as its handler sees it.
// Guarantees: arguments fit the description. Threads: the handler's; cancel() from any.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "commands/command.hpp"
#include "json/value.hpp"
#include "ph/result.hpp"

namespace posthouse::commands {

struct Caller {
  Role role = Role::Account;
  bool offline = false;
  std::string name;
  std::string face;
  std::string account;
  std::string from;  // IP address
  std::function<bool(Names names, const std::string& what)> may;
};

class Call {
 public:
  static constexpr size_t kMaxAnswer = 16 * 1024 * 1024;

  // `args`: files are base64.
  Call(std::shared_ptr<const Command> command, Caller caller, json::Value args);

  const Command& command() const { return *command_; }
  const Caller& caller() const { return caller_; }
  // NotFound: left out; Invalid: none of this type.
  ph::Result<std::string_view> text(std::string_view name) const;
  ph::Result<int64_t> integer(std::string_view name) const;
  ph::Result<const std::vector<json::Value>*> list(std::string_view name) const;

  ph::Status answer(std::string_view json);
  void explain(std::string_view text) { reason_ = text; }
  bool cancelled() const { return cancelled_; }
  void cancel() { cancelled_ = true; }

  // What it came to, when the handler has returned `result`.
  ph::Result<json::Value> outcome(const ph::Status& result) const;

 private:
  ph::Result<const json::Value*> find(std::string_view name, std::initializer_list<Type> types) const;

  const std::shared_ptr<const Command> command_;
  const Caller caller_;
  const json::Value args_;
  std::map<std::string, std::string, std::less<>> files_;
  std::optional<json::Value> answer_;
  std::string reason_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace posthouse::commands
