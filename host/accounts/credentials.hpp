// Password verifiers on disk: one file per account, data/accounts/NAME/credentials, mode 0600, replaced atomically.
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
ph::Result<Credentials> readCredentials(const std::string& accountFolder);
// Durable when it returns.
ph::Status writeCredentials(const std::string& accountFolder, const Credentials& credentials);

}  // namespace posthouse::accounts
