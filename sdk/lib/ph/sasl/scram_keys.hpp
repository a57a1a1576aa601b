// The hash functions of SCRAM, RFC 5802 2.2. Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "ph/sasl/scram.hpp"

namespace ph::sasl {

std::string hmac(ScramHash hash, std::string_view key, std::string_view text);
std::string digest(ScramHash hash, std::string_view text);
// SaltedPassword of RFC 5802 3; takes time in proportion to `iterations`. `password` is prepared already.
std::string saltPassword(ScramHash hash, std::string_view password, std::string_view salt, unsigned iterations);
bool equalSecret(std::string_view a, std::string_view b);

}  // namespace ph::sasl
