// How long a submitted message may be held back. RFC 4865.
#pragma once

#include <cstdint>

namespace ph_smtp {

inline constexpr int64_t kMaxHoldSeconds = 60 * 86400;

}  // namespace ph_smtp
