// A moment as people say it on a command line.
#pragma once

#include <cstdint>
#include <string>

#include "ph/result.hpp"

namespace posthouse::config {

// "3h", "2d": so long before `now`; "2026-11-21", "2026-11-21T20:00:00Z": UTC; "1795291200": Unix seconds.
ph::Result<int64_t> parseSince(const std::string& text, int64_t now);

}  // namespace posthouse::config
