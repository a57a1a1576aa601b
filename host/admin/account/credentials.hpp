// Changes of an account's credentials, one at a time. Threads: any.
#pragma once

#include <functional>

#include "accounts/credentials.hpp"
#include "admin/core.hpp"

namespace posthouse::admin {

// NotFound: no such account; else what `change` answers, which nothing is written after an error of.
ph::Status changeCredentials(const Core& core, const std::string& account,
                             const std::function<ph::Status(accounts::Credentials&)>& change);

}  // namespace posthouse::admin
