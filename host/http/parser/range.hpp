// Which parts of a representation a request asks for. Threads: pure functions. RFC 9110 14.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace posthouse::http {

struct Range {
  uint64_t from = 0;
  uint64_t size = 0;
};

struct Ranges {
  // Ignored: to be answered as if nothing had been asked: another unit, not a range, or more work than it is worth
  // (many parts, or parts that overlap; RFC 9110 14.2).
  enum class State { Ignored, Parts, Unsatisfiable };
  State state = State::Ignored;
  std::vector<Range> parts;  // in the order they were asked for, each within the representation, none empty
};

// `field`: the Range field; `size`: of the representation.
Ranges parseRange(std::string_view field, uint64_t size);

// "bytes 0-4/10"
std::string contentRange(const Range& part, uint64_t size);
// The body of a multipart/byteranges and the value of its Content-Type.
std::string multipart(std::string_view whole, const std::vector<Range>& parts, std::string_view type,
                      std::string_view boundary);

}  // namespace posthouse::http
