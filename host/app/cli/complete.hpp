// Completion of command lines by shells: the scripts only ask the program. Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "admin/operation.hpp"

namespace posthouse::app::cli {

// What may stand in the place of the last of `words`. `commands`: names of those that are no operations.
// `ofPlugins`: operations beside those of the host.
std::vector<std::string> candidates(const std::vector<std::string>& commands,
                                    const std::vector<const admin::Operation*>& ofPlugins,
                                    const std::vector<std::string>& words);
// For bash, zsh or fish; empty: not known.
std::string completionScript(const std::string& shell);

}  // namespace posthouse::app::cli
