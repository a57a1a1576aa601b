// Parses the MIME structure of a message.
// Guarantees: any bytes give a tree with at least the root, in time linear in the message; nothing is lost: beyond
// kMaxDepth or kMaxParts the rest stays one opaque leaf and a problem is noted. Threads: pure function.
// RFC 2046 5.1.1 (boundaries), 5.1.5 (digest), RFC 2045 5.2 (defaults).
#pragma once

#include <string_view>

#include "ph/mime/tree.hpp"

namespace ph::mime {

Tree parse(std::string_view message);

}  // namespace ph::mime
