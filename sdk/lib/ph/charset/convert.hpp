// Text of any charset to UTF-8, validity of UTF-8, and case folding for search.
// Guarantees: output is valid UTF-8 for any input; an unknown charset never fails: valid UTF-8 is kept, anything else
// is read as windows-1252. Threads: pure functions. RFC 3629, RFC 2978 (names).
#pragma once

#include <string>
#include <string_view>

namespace ph::charset {

bool isValidUtf8(std::string_view bytes);

// Bytes that are no UTF-8 replaced by U+FFFD.
std::string sanitizeUtf8(std::string_view bytes);

bool isKnown(std::string_view charset);

// charset: a MIME charset name, any case; undecodable bytes become U+FFFD.
std::string toUtf8(std::string_view charset, std::string_view bytes);

// Full Unicode case folding of UTF-8 (bad bytes as U+FFFD), for caseless comparison and search.
std::string foldCase(std::string_view utf8);

}  // namespace ph::charset
