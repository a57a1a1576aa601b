// Operations as commands. Threads: the main thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "admin/operation.hpp"
#include "app/cli/arguments.hpp"

namespace posthouse::app::cli {

// The operation whose words `args` begins with; the longest one. nullptr: none.
const admin::Operation* findOperation(const std::vector<std::string>& args);
// `args` behind the words. Answers the exit code.
int run(const admin::Operation& operation, const std::vector<std::string>& args);
// The same with somebody else to do it. `offline`: whether it takes the flags of what needs no server.
using Carrier = std::function<ph::Result<json::Value>(const Arguments& arguments)>;
int run(const admin::Operation& operation, const std::vector<std::string>& args, bool offline, const Carrier& carrier);
int codeOf(ph::Kind kind);
// Whether a server can be asked that `args` mean: else a command that works on files may do it.
bool serverThere(const admin::Operation& operation, const std::vector<std::string>& args);
// Usage, parameters and what is answered.
std::string help(const admin::Operation& operation, bool offline = false);

}  // namespace posthouse::app::cli
