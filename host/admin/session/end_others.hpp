// What a change of an account's secrets does to its browsers. Threads: as handlers.
#pragma once

#include <string>

#include "admin/operation.hpp"

namespace posthouse::admin {

// Ends the account's sessions but the one that asks.
void endOtherSessions(const Call& call, const std::string& account);

}  // namespace posthouse::admin
