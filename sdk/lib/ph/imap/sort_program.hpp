// The criteria of SORT, and messages in their order.
// Guarantees: at most kMaxSortKeys criteria; messages that are alike keep their order. Threads: plain values.
// RFC 5256 3 (SORT), 5; RFC 5957 (DISPLAYFROM, DISPLAYTO).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ph/imap/envelope_fields.hpp"
#include "ph/imap/parser.hpp"

namespace ph::imap {

inline constexpr std::size_t kMaxSortKeys = 100;

struct SortKey {
  enum class Kind { Arrival, Cc, Date, DisplayFrom, DisplayTo, From, Size, Subject, To };
  Kind kind = Kind::Arrival;
  bool reverse = false;
  bool operator==(const SortKey&) const = default;
};

// "(" [REVERSE SP] sort-key *(SP ...) ")"
std::vector<SortKey> parseSortKeys(Parser& parser);

// A criterion's value: text for the collation, or a number.
struct SortValue {
  std::string text;
  std::int64_t number = 0;
};

// What a message is sorted by.
struct SortSource {
  const EnvelopeFields& envelope;
  std::int64_t arrival = 0;  // Unix seconds
  std::uint64_t size = 0;
};

SortValue sortValue(SortKey::Kind kind, const SortSource& message);
// RFC 5256 2.2: the Date field, or the arrival where that has none.
std::int64_t sentDate(const SortSource& message);

struct SortItem {
  std::uint32_t number = 0;  // UID; the messages come in their order
  std::vector<SortValue> values;
};
void sortItems(std::vector<SortItem>& items, const std::vector<SortKey>& keys);

}  // namespace ph::imap
