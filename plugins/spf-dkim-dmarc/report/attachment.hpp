// The report in a message: the first part that looks like one.
// Guarantees: at most kMaxAttachment octets. Threads: pure function. RFC 7489 7.2.1.1.
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph_mailauth {

inline constexpr size_t kMaxAttachment = 10 * 1024 * 1024;

// NotFound: no part is a report.
ph::Result<std::string> reportAttachment(std::string_view message);

}  // namespace ph_mailauth
