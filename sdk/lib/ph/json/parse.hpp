// Reads JSON strictly: what two readers could understand in two ways is refused.
// Guarantees: any bytes are safe; at most kMaxDepth levels; no member twice; numbers are whole and fit 64 bits; the
// text is UTF-8 without lone surrogates, and nothing follows the value. Threads: pure function. RFC 8259, RFC 7493.
#pragma once

#include <string_view>

#include "ph/json/value.hpp"
#include "ph/result.hpp"

namespace ph::json {

inline constexpr int kMaxDepth = 32;

// Invalid: what is wrong, and at which byte.
Result<Value> parse(std::string_view text);

}  // namespace ph::json
