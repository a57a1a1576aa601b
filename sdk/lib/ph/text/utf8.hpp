// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ph::text {

// Reads one character at `pos` and moves past it. Returns false, with `pos` unmoved, if no well-formed one is there.
bool nextCodePoint(std::string_view s, std::size_t& pos, char32_t& out);

bool isUtf8(std::string_view s);

// `c` must be a Unicode scalar value.
void appendUtf8(std::string& out, char32_t c);

}  // namespace ph::text
