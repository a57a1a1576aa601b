// Lines of a SASL exchange as they cross SMTP and IMAP: base64, "=" for an empty initial response, "*" to cancel.
// Threads: pure functions. RFC 4954 4, RFC 9051 6.2.2, RFC 4422 3.
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::sasl {

// RFC 4954 4 asks for lines of at least 12288 octets.
inline constexpr std::size_t kMaxLine = 12288;

// The initial response as written after the mechanism name. Invalid, Limit.
Result<std::string> decodeInitial(std::string_view text);
// A line from the client, without its line end. Cancelled: the client gave up; Invalid, Limit.
Result<std::string> decodeLine(std::string_view line);

}  // namespace ph::sasl
