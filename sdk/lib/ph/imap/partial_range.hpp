// A part of a list of results, counted from its beginning or its end. Threads: a plain value. RFC 9394 3.1, 4.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "ph/imap/parser.hpp"

namespace ph::imap {

struct PartialRange {
  std::uint32_t first = 1;  // as written; 500:400 is the same as 400:500
  std::uint32_t last = 1;
  bool fromEnd = false;  // "-1:-100"

  // Positions from 0: [begin, end) of a list of that size; begin == end: nothing.
  std::pair<std::uint64_t, std::uint64_t> of(std::uint64_t size) const;
  std::string toString() const;
};

// partial-range = nz-number ":" nz-number / "-" nz-number ":" "-" nz-number
PartialRange parsePartialRange(Parser& parser);

}  // namespace ph::imap
