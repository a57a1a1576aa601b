// What commands that work on files have in common: finding the configuration, telling a running server.
#pragma once

#include <string>

#include "app/flags.hpp"
#include "config/server.hpp"

namespace posthouse::app {

// --config FILE, else ./posthouse.toml, else the localserve folder's, else /etc/posthouse/posthouse.toml.
ph::Result<config::ServerConfig> findConfig(const Flags& flags);

// Asks a server that runs on this data to read its configuration anew; says what it did.
void tellServer(const config::ServerConfig& config);

// Reads a password from standard input, without echo when it is a terminal. Empty: none was given.
std::string readPassword();

}  // namespace posthouse::app
