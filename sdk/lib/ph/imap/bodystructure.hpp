// The IMAP BODY and BODYSTRUCTURE items of a parsed message.
// Guarantees: valid response text for any message (balanced, literal lengths right, at least one body in each
// multipart); parts that were not entered appear as application/octet-stream. Threads: pure function.
// RFC 9051 7.5.2 (BODYSTRUCTURE), RFC 3501 7.4.2.
#pragma once

#include <string>
#include <string_view>

#include "ph/mime/tree.hpp"

namespace ph::imap {

// extensible: BODYSTRUCTURE, otherwise BODY. message: the bytes the tree was parsed from.
std::string bodyStructure(std::string_view message, const mime::Tree& tree, bool extensible);

}  // namespace ph::imap
