// Strings in IMAP responses: quoted when that is possible, else a literal, or NIL.
// Guarantees: never emits NUL; a literal's length is exact. Threads: pure functions. RFC 9051 4.3, 9.
#pragma once

#include <string>
#include <string_view>

namespace ph::imap {

inline constexpr size_t kMaxQuoted = 1000;

// Quoted for printable ASCII up to kMaxQuoted bytes, else "{n}\r\n" and the bytes; NULs are dropped.
void appendString(std::string& out, std::string_view text);
// NIL for an empty text, otherwise as appendString.
void appendNString(std::string& out, std::string_view text);

}  // namespace ph::imap
