// Dates of internet protocols, "2026-11-21T07:00:00Z". Threads: pure functions. RFC 3339 5.6.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::date {

// date-time; seconds may have a fraction, which is dropped; second 60 counts as the first of the next minute.
Result<int64_t> parseInternet(std::string_view text);  // Unix seconds
std::string formatInternet(int64_t unixSeconds);       // in UTC

}  // namespace ph::date
