// From the configuration's words to the network's: limits and trusted networks.
#pragma once

#include <vector>

#include "config/server.hpp"
#include "net/limits.hpp"
#include "ph/result.hpp"

namespace posthouse::app {

// Trusted proxies are exempt. Invalid: what is no network, with its place.
ph::Result<net::Limits::Settings> limitSettings(const config::ServerConfig& config);
ph::Result<std::vector<net::Network>> networks(const std::vector<std::string>& texts, const char* key,
                                               const config::Position& at);
// What --no-limits means.
void removeLimits(config::ServerConfig* config);

}  // namespace posthouse::app
