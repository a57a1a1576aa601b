// What of the configuration a running server can't follow. Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "config/server.hpp"

namespace posthouse::config {

// The options that differ and wait for a restart.
std::vector<std::string> restartNeeded(const ServerConfig& now, const ServerConfig& next);
// Keeps their values of `now`.
void keepUntilRestart(const ServerConfig& now, ServerConfig* next);

}  // namespace posthouse::config
