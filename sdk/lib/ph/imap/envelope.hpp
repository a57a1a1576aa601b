// The IMAP ENVELOPE of a message, rendered from its header.
// Guarantees: valid response text for any bytes (balanced, literal lengths right); values unfolded, encoded words
// left as they are. Threads: pure functions. RFC 9051 7.5.2 (ENVELOPE), RFC 3501 7.4.2.
#pragma once

#include <string>
#include <string_view>

#include "ph/header/block.hpp"

namespace ph::imap {

// header: a header section or a whole message.
std::string envelope(std::string_view header);
void appendEnvelope(std::string& out, const header::Block& header);

}  // namespace ph::imap
