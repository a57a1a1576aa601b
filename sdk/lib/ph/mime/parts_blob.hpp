// A Tree as compact bytes, kept by the store with each message so that no fetch parses again.
// Guarantees: decode(encode(t)) has the same parts (problems are not kept); decode accepts any bytes and never gives
// a tree whose indices or offsets are inconsistent. Byte order independent. Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ph/mime/tree.hpp"
#include "ph/result.hpp"

namespace ph::mime {

inline constexpr uint8_t kPartsBlobVersion = 1;  // first byte; other versions are refused: parse again

std::string encodeParts(const Tree& tree);
Result<Tree> decodeParts(std::string_view blob);

}  // namespace ph::mime
