// Message identifiers in Message-ID, In-Reply-To and References.
// Guarantees: any bytes give a list, linear time; ids come without angle brackets, comments and folding.
// Threads: pure functions. RFC 5322 3.6.4, 4.5.4.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ph::header {

inline constexpr size_t kMaxMessageIds = 1000;

// All "<left@right>" in the value, in order; words outside brackets are skipped.
std::vector<std::string> messageIds(std::string_view value);

// The first id, or empty.
std::string messageId(std::string_view value);

// What a message answers, the oldest first: the ids in References, or without any the first in In-Reply-To (RFC 5256 3,
// REFERENCES, step 1).
std::vector<std::string> ancestorIds(std::string_view references, std::string_view inReplyTo);

// The id without quoting that needs not be: "a"@b and a@b are one (RFC 5256 3, RFC 5322 3.2.4).
std::string unquotedId(std::string_view id);

}  // namespace ph::header
