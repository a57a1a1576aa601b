// DKIM verification over the checks' resolver, for commands. Threads: one at a time.
#pragma once

#include "cli/checks.hpp"

namespace ph_mailauth {

// `now`: Unix seconds.
DkimVerifier dkimVerifier(int64_t now);

}  // namespace ph_mailauth
