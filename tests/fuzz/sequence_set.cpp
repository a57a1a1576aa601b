// Sequence sets: the normal form is sorted, disjoint, and parses to itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ph/imap/sequence_set.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ph::imap::SequenceSet;
  const auto set = SequenceSet::parse({reinterpret_cast<const char*>(data), size});
  if (!set || set->isSavedResult()) return 0;
  for (const std::uint32_t star : {0u, 1u, 1000u, UINT32_MAX}) {
    const auto numbers = set->resolve(star);
    std::uint64_t before = 0;
    bool first = true;
    ph::imap::NumberSet reversed;
    for (auto r = numbers.ranges().rbegin(); r != numbers.ranges().rend(); ++r) reversed.addRange(r->first, r->last);
    for (const auto& r : numbers.ranges()) {
      if (r.first == 0 || r.first > r.last || (!first && r.first <= before + 1)) std::abort();
      if (!numbers.contains(r.first) || !numbers.contains(r.last)) std::abort();
      before = r.last;
      first = false;
    }
    if (!(reversed == numbers)) std::abort();
    if (numbers.isEmpty()) continue;
    const auto again = SequenceSet::parse(numbers.toString());
    if (!again || !(again->resolve(0) == numbers)) std::abort();
  }
  return 0;
}
