// What commands that work on files have in common: finding the configuration, telling a running server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/flags.hpp"
#include "config/server.hpp"

namespace posthouse::app {

// --config FILE, else ./posthouse.toml, else the localserve folder's, else /etc/posthouse/posthouse.toml.
ph::Result<config::ServerConfig> findConfig(const Flags& flags);

// What root makes in the data folder must be the server's to read and change: root becomes the configuration's `user`.
ph::Status becomeServer(const config::ServerConfig& config);

// The beginning of every such command: flags (beside --config) with `words` positional words, and the configuration.
// Root becomes the configuration's `user` first. Nothing: it has said what is wrong, and `*code` is what the command
// must answer.
struct Offline {
  Flags flags;
  config::ServerConfig config;
};
inline constexpr size_t kAnyWords = static_cast<size_t>(-1);
std::optional<Offline> beginOffline(const std::vector<std::string>& args, std::vector<FlagSpec> known, size_t words,
                                    int* code);
// Says what went wrong; answers kFailed.
int failed(const ph::Error& error);

// Asks a server that runs on this data to read its configuration anew; says what it did.
void tellServer(const config::ServerConfig& config);

// Reads a password from standard input, without echo when it is a terminal. Empty: none was given.
std::string readPassword();

}  // namespace posthouse::app
