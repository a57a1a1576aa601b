// The text of a credentials file: one line per thing, its kind first. Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "accounts/credentials.hpp"

namespace posthouse::accounts {

std::string credentialsText(const Credentials& credentials);
// Lines of unknown kinds are kept by nobody: a newer version's file must not be edited by an older one. Invalid.
ph::Result<Credentials> parseCredentials(std::string_view text);

}  // namespace posthouse::accounts
