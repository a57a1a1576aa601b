#include "store/search/id_ranges.hpp"

#include <algorithm>

namespace posthouse::store::search {

void IdRanges::add(IdRange range) {
  // Those that overlap or touch become one.
  const auto from =
      std::partition_point(ranges_.begin(), ranges_.end(), [&](const IdRange& r) { return r.last < range.first - 1; });
  auto to = from;
  for (; to != ranges_.end() && to->first <= range.last + 1; ++to) {
    range.first = std::min(range.first, to->first);
    range.last = std::max(range.last, to->last);
  }
  if (from == to) {
    ranges_.insert(from, range);
  } else {
    *from = range;
    ranges_.erase(from + 1, to);
  }
}

bool IdRanges::contains(MessageId id) const {
  const auto at = std::partition_point(ranges_.begin(), ranges_.end(), [&](const IdRange& r) { return r.last < id; });
  return at != ranges_.end() && at->first <= id;
}

std::vector<IdRange> IdRanges::gaps(MessageId first, MessageId last) const {
  std::vector<IdRange> out;
  auto at = std::partition_point(ranges_.begin(), ranges_.end(), [&](const IdRange& r) { return r.last < first; });
  for (; at != ranges_.end() && at->first <= last; ++at) {
    if (first < at->first) out.push_back({first, at->first - 1});
    first = at->last + 1;
  }
  if (first <= last) out.push_back({first, last});
  return out;
}

}  // namespace posthouse::store::search
