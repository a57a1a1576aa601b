// The hash functions of SCRAM, RFC 5802 2.2. Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "ph/sasl/scram.hpp"

namespace ph::sasl {

std::string hmac(ScramHash hash, std::string_view key, std::string_view text);
std::string digest(ScramHash hash, std::string_view text);
bool equalSecret(std::string_view a, std::string_view b);

}  // namespace ph::sasl
