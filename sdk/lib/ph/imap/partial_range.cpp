#include "ph/imap/partial_range.hpp"

#include <algorithm>

namespace ph::imap {

std::pair<std::uint64_t, std::uint64_t> PartialRange::of(std::uint64_t size) const {
  const std::uint64_t low = std::min(first, last);
  const std::uint64_t high = std::min<std::uint64_t>(std::max(first, last), size);
  if (low > high) return {0, 0};
  return fromEnd ? std::pair{size - high, size - low + 1} : std::pair{low - 1, high};
}

std::string PartialRange::toString() const {
  const std::string sign = fromEnd ? "-" : "";
  return sign + std::to_string(first) + ":" + sign + std::to_string(last);
}

PartialRange parsePartialRange(Parser& p) {
  PartialRange out;
  out.fromEnd = p.accept('-');
  out.first = p.nzNumber();
  p.expect(':');
  if (out.fromEnd) p.expect('-');
  out.last = p.nzNumber();
  return out;
}

}  // namespace ph::imap
