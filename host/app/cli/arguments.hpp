// The words and flags of a command as the arguments of its operation. Threads: pure functions; secrets come from
// standard input.
#pragma once

#include <string>
#include <vector>

#include "admin/operation.hpp"

namespace posthouse::app::cli {

struct Arguments {
  json::Value args = json::Value::object();
  std::string dir;
  std::string config, resolver;
  bool json = false;
  bool help = false;
};

// Flags that every operation has.
inline constexpr const char* kCommonUsage = "[--dir DIR] [--json]";
// Those that also run without a server have these too.
inline constexpr const char* kOfflineUsage = "[--config FILE] [--resolver HOST:PORT]";

// "--name value", "--name=value", words in any order. Invalid: what is wrong, with a hint.
ph::Result<Arguments> parseArguments(const admin::Operation& operation, const std::vector<std::string>& words,
                                     bool offline = false);
// Reads what is not on the command line: secrets from standard input, files by their names.
ph::Status readInputs(const admin::Operation& operation, json::Value* args);
// "full_name" -> "full-name"
std::string flagName(const admin::Param& param);
// What follows the command: "NAME ADDRESS [--full-name TEXT]".
std::string usage(const admin::Operation& operation);

}  // namespace posthouse::app::cli
