// The PRECIS OpaqueString profile: two spellings of one password become equal before it is hashed or compared.
// Threads: pure functions. RFC 8265 4.2, RFC 8264 4.3 (FreeformClass).
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::sasl {

// Non-ASCII spaces become U+0020, the text NFC. Invalid: empty, not UTF-8, or a code point that passwords may not have.
Result<std::string> prepareOpaqueString(std::string_view password);

}  // namespace ph::sasl
