// Domains and address literals as SMTP spells them. Threads: pure functions.
// RFC 5321 4.1.2 (Domain), 4.1.3 (address literals), RFC 6531 3.3 (U-labels).
#pragma once

#include <string_view>

#include "ph/result.hpp"

namespace ph::smtp {

inline constexpr std::size_t kMaxDomain = 255;  // RFC 5321 4.5.3.1.2

// Syntax only: labels of letters, digits and inner hyphens, or of UTF-8; no trailing dot.
bool isDomain(std::string_view s);

// "[192.0.2.1]" or "[IPv6:2001:db8::1]", brackets included.
Status checkAddressLiteral(std::string_view s);

}  // namespace ph::smtp
