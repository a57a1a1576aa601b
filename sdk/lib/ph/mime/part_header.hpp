// Reads the MIME fields of a part's header into the part.
// Guarantees: any bytes; the first field of a name counts; unreadable values leave the default.
// Threads: pure function. RFC 2045 5, 6, 7, 8, RFC 2183, RFC 3282, RFC 2557 4, RFC 1864.
#pragma once

#include <cstddef>
#include <string_view>

#include "ph/mime/tree.hpp"

namespace ph::mime {

// Returns the number of lines that are no field.
size_t readPartHeader(std::string_view header, Part& part);

}  // namespace ph::mime
