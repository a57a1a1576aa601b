// IdRanges: a set of message ids as ranges.
// Guarantees: ranges ascend and neither overlap nor touch. Threads: a plain value.
#pragma once

#include <vector>

#include "store/types.hpp"

namespace posthouse::store::search {

struct IdRange {
  MessageId first = 0;
  MessageId last = 0;  // >= first
  auto operator<=>(const IdRange&) const = default;
};

class IdRanges {
 public:
  // Cheap when it comes near the end.
  void add(IdRange range);
  bool contains(MessageId id) const;
  bool isEmpty() const { return ranges_.empty(); }
  const std::vector<IdRange>& ranges() const { return ranges_; }
  // What is not in the set, from `first` to `last`.
  std::vector<IdRange> gaps(MessageId first, MessageId last) const;

 private:
  std::vector<IdRange> ranges_;
};

}  // namespace posthouse::store::search
