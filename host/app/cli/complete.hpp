// Completion of command lines by shells: the scripts only ask the program. Threads: pure functions.
#pragma once

#include <string>
#include <vector>

namespace posthouse::app::cli {

// What may stand in the place of the last of `words`. `commands`: names of those that are no operations.
std::vector<std::string> candidates(const std::vector<std::string>& commands, const std::vector<std::string>& words);
// For bash, zsh or fish; empty: not known.
std::string completionScript(const std::string& shell);

}  // namespace posthouse::app::cli
