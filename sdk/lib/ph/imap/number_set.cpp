// Ranges of message numbers in normal form.
#include "ph/imap/number_set.hpp"

#include <algorithm>

namespace ph::imap {

NumberSet NumberSet::fromRanges(std::vector<NumberRange> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  NumberSet out;
  for (const auto& r : ranges) out.addRange(r.first, r.last);
  return out;
}

void NumberSet::addRange(std::uint32_t first, std::uint32_t last) {
  const auto touches = [](std::uint32_t end, std::uint32_t start) { return start == 0 || end >= start - 1; };
  if (ranges_.empty() || !touches(ranges_.back().last, first)) {
    ranges_.push_back({first, last});
    return;
  }
  if (first >= ranges_.back().first) {
    ranges_.back().last = std::max(ranges_.back().last, last);
    return;
  }
  // Out of order: [low, high) are the ranges that melt into the new one.
  const auto low = std::partition_point(ranges_.begin(), ranges_.end(),
                                        [&](const NumberRange& r) { return !touches(r.last, first); });
  const auto high =
      std::partition_point(low, ranges_.end(), [&](const NumberRange& r) { return touches(last, r.first); });
  if (low == high) {
    ranges_.insert(low, {first, last});
    return;
  }
  low->first = std::min(low->first, first);
  low->last = std::max(last, std::prev(high)->last);
  ranges_.erase(std::next(low), high);
}

bool NumberSet::contains(std::uint32_t number) const {
  const auto it =
      std::partition_point(ranges_.begin(), ranges_.end(), [&](const NumberRange& r) { return r.last < number; });
  return it != ranges_.end() && it->first <= number;
}

std::uint64_t NumberSet::count() const {
  std::uint64_t n = 0;
  for (const auto& r : ranges_) n += std::uint64_t{r.last} - r.first + 1;
  return n;
}

NumberSet NumberSet::intersect(const NumberSet& other) const {
  NumberSet out;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const std::uint32_t first = std::max(a->first, b->first);
    const std::uint32_t last = std::min(a->last, b->last);
    if (first <= last) out.addRange(first, last);
    (a->last < b->last ? a : b)++;
  }
  return out;
}

std::string NumberSet::toString() const {
  std::string out;
  for (const auto& r : ranges_) {
    if (!out.empty()) out += ',';
    out += std::to_string(r.first);
    if (r.last != r.first) out += ':' + std::to_string(r.last);
  }
  return out;
}

}  // namespace ph::imap
