// Base64 as authentication exchanges use it: strict, one spelling per value.
// Guarantees: decode refuses line ends, blanks, missing padding and non-zero spare bits, so encode(decode(x)) == x.
// Threads: pure functions. RFC 4648 3.3, 3.5, 4.
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::sasl {

std::string encodeBase64(std::string_view bytes);
Result<std::string> decodeBase64(std::string_view text);

}  // namespace ph::sasl
