// Modified UTF-7, the mailbox names of IMAP4rev1. Threads: pure functions. RFC 3501 5.1.3.
// Guarantees: one spelling per name, so encode(decode(x)) == x for every x that decodes; NUL never passes.
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::imap {

// `name` must be UTF-8; Invalid otherwise.
Result<std::string> encodeUtf7(std::string_view name);
// Refuses 8-bit octets, controls, printable ASCII inside base64, adjacent shifts, lone surrogates and spare bits.
Result<std::string> decodeUtf7(std::string_view text);

}  // namespace ph::imap
