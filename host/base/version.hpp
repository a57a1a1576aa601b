// The version of this build.
#pragma once

namespace posthouse {
inline constexpr const char* kVersion = "0.1.0";
}
