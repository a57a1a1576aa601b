// The collation i;unicode-casemap: texts compare as their keys do, octet by octet.
// Guarantees: any bytes give a key; equal texts but for case and compatibility forms give equal keys.
// Threads: pure function. RFC 5051 2.
#pragma once

#include <string>
#include <string_view>

namespace ph::charset {

std::string casemapKey(std::string_view utf8);

}  // namespace ph::charset
