// Making domains and accounts: the configuration file and the credentials. For the command line and localserve.
// Threads: one at a time per configuration folder.
#pragma once

#include <string>

#include "config/server.hpp"
#include "ph/result.hpp"

namespace posthouse::setup {

// Writes `text` durably and in one step. Conflict: the file exists.
ph::Status writeNewFile(const std::string& path, const std::string& text);

// Conflict: configured already.
ph::Status addDomain(const config::ServerConfig& config, const std::string& domain);
// Invalid: bad name, address, unknown domain; Conflict: name or address taken. `password` at least 8 bytes.
ph::Status addAccount(const config::ServerConfig& config, const std::string& name, const std::string& address,
                      const std::string& password);
ph::Status setPassword(const config::ServerConfig& config, const std::string& name, const std::string& password);

// 12 random letters and digits that are hard to mix up.
std::string randomPassword();

}  // namespace posthouse::setup
