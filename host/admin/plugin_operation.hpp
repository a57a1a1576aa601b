// Commands of plugins as operations: the same description for all faces, made while the server runs.
// Threads: an operation never changes.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "admin/operation.hpp"
#include "commands/command.hpp"
#include "json/value.hpp"

namespace posthouse::commands {
class Commands;
}

namespace posthouse::admin {

class PluginOperation {
 public:
  // Its handler asks Core::commands for it.
  explicit PluginOperation(std::shared_ptr<const commands::Command> command);
  PluginOperation(const PluginOperation&) = delete;
  PluginOperation& operator=(const PluginOperation&) = delete;

  const Operation& operation() const { return operation_; }
  const commands::Command& command() const { return *command_; }

  // For a client at the other end of a socket, and back. Invalid: not what describe() makes.
  static json::Value describe(const commands::Command& command);
  static ph::Result<commands::Command> read(const json::Value& form);

 private:
  const char* keep(std::string text);

  const std::shared_ptr<const commands::Command> command_;
  std::deque<std::string> texts_;  // what the operation points to
  Operation operation_;
};

using PluginOperationPtr = std::shared_ptr<const PluginOperation>;

// All there are now.
std::vector<PluginOperationPtr> pluginOperations(const commands::Commands& commands);

}  // namespace posthouse::admin
