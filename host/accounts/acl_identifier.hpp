// Whom an entry of an access control list names. RFC 4314 2, 3.
// Threads: a pure function.
#pragma once

#include <string>
#include <string_view>

#include "accounts/directory.hpp"

namespace posthouse::accounts {

// An account's name, for all that it logs in with; "anyone"; each perhaps behind a dash, which stays. Invalid: no such
// account.
ph::Result<std::string> resolveIdentifier(const Directory& directory, std::string_view identifier);

}  // namespace posthouse::accounts
