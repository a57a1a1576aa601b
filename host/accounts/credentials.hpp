// Password verifiers on disk: one file per account, data/credentials/NAME, mode 0600, replaced atomically.
// Argon2id, 19 MiB, 2 passes, 1 lane. Threads: pure functions over the file system.
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace posthouse::accounts {

struct Credentials {
  std::string argon2id;  // libsodium's encoded form; empty: no password is set
};

// About 20 ms of CPU and 19 MiB. Temporary when memory is short.
ph::Result<std::string> hashPassword(std::string_view password);
bool verifyPassword(const std::string& hash, std::string_view password);

// An account without the file has empty credentials.
ph::Result<Credentials> readCredentials(const std::string& file);
// Durable when it returns.
ph::Status writeCredentials(const std::string& file, const Credentials& credentials);

std::string credentialsFile(const std::string& dataDir, std::string_view account);

}  // namespace posthouse::accounts
