// Unicode Normalization Form C. Threads: pure function.
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::text {

// `s` must be UTF-8. Temporary: the data of Unicode is not there; Invalid: it can't be normalised.
Result<std::string> nfc(std::string_view s);

}  // namespace ph::text
