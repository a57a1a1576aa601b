// sequence-set as a client writes it: numbers, ranges, "*", or "$" alone. Threads: a plain value.
// RFC 9051 9 (sequence-set), 6.4.4.1 ("$").
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ph/imap/number_set.hpp"
#include "ph/result.hpp"

namespace ph::imap {

class SequenceSet {
 public:
  static constexpr std::size_t kMaxRanges = 100'000;
  static constexpr std::uint32_t kStar = 0;  // "*": the largest number in use; 0 is no message number

  // All of `text`. Limit when it has too many ranges.
  static Result<SequenceSet> parse(std::string_view text);

  bool isSavedResult() const { return saved_; }  // "$"
  bool hasStar() const;
  // The largest number written; 0 if only "*" or "$" is there.
  std::uint32_t largest() const;

  // The numbers meant when `star` is the largest in use. With star 0 (empty mailbox) ranges with "*" drop out.
  NumberSet resolve(std::uint32_t star) const;

 private:
  struct Range {
    std::uint32_t first, last;
  };
  std::vector<Range> ranges_;
  bool saved_ = false;
};

}  // namespace ph::imap
