// From binary MIME to MIME that IMAP and every transport can carry: leaf parts with binary content become base64.
// Guarantees: the decoded content of every part stays the same, octet for octet; nothing is encoded twice; what is not
// binary is not touched. Output leaves in pieces. Threads: pure functions.
// RFC 3030 3 (conversion), RFC 2045 2.7 to 2.9 (7bit, 8bit, binary), 6.2, 6.4.
#pragma once

#include <functional>
#include <string_view>

namespace ph::mime {

// NUL, a CR or LF that is no line end, or a line longer than 998 octets: not 8bit data.
bool isBinary(std::string_view body);

// Binary outside of leaf parts (a header, the text between parts, a part that could not be entered) stays as it is:
// the caller looks at the result.
void encodeBinary(std::string_view message, const std::function<void(std::string_view)>& sink);

}  // namespace ph::mime
