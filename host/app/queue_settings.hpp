// From the configuration's words to the queue's: transports, routes, limits, and whom notifications go to.
#pragma once

#include <cstdint>
#include <string>

#include "accounts/directory.hpp"
#include "config/server.hpp"
#include "ph/result.hpp"
#include "queue/queue.hpp"

namespace posthouse::app {

// Reads the files of passwords. Invalid: one can't be read, with the place that names it.
ph::Result<queue::Settings> queueSettings(const config::ServerConfig& config);
// The accounts that an address of a sender here stands for.
queue::Resolved resolveSender(const accounts::Directory& directory, const std::string& address);
// 0 to n-1.
uint32_t randomBelow(uint32_t n);

}  // namespace posthouse::app
