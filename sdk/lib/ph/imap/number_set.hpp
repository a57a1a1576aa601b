// A set of message numbers as sorted, disjoint, non-adjacent ranges.
// Guarantees: normal form after every call; adding in ascending order is O(1). Threads: a plain value.
// RFC 9051 9 (sequence-set without "*" and "$", as responses carry it).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ph::imap {

struct NumberRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;  // >= first
  bool operator==(const NumberRange&) const = default;
};

class NumberSet {
 public:
  NumberSet() = default;
  // Ranges in any order, overlapping or not; O(n log n).
  static NumberSet fromRanges(std::vector<NumberRange> ranges);

  void add(std::uint32_t number) { addRange(number, number); }
  void addRange(std::uint32_t first, std::uint32_t last);

  bool contains(std::uint32_t number) const;
  bool isEmpty() const { return ranges_.empty(); }
  std::uint64_t count() const;
  const std::vector<NumberRange>& ranges() const { return ranges_; }

  NumberSet intersect(const NumberSet& other) const;

  std::string toString() const;  // "1:3,5"; "" when empty
  bool operator==(const NumberSet&) const = default;

 private:
  std::vector<NumberRange> ranges_;
};

// Walks the numbers of a set one by one; the set must stay as it is.
class NumberCursor {
 public:
  explicit NumberCursor(const NumberSet& set) : set_(&set) {
    if (!isAtEnd()) number_ = set.ranges().front().first;
  }
  bool isAtEnd() const { return range_ == set_->ranges().size(); }
  std::uint32_t operator*() const { return number_; }
  void next() {
    if (number_ < set_->ranges()[range_].last) {
      ++number_;
    } else if (++range_ < set_->ranges().size()) {
      number_ = set_->ranges()[range_].first;
    }
  }

 private:
  const NumberSet* set_;
  std::size_t range_ = 0;
  std::uint32_t number_ = 0;
};

}  // namespace ph::imap
