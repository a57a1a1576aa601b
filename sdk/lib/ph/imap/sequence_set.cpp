// sequence-set = (seq-number / seq-range) ["," sequence-set] / "$"; seq-number = nz-number / "*".
#include "ph/imap/sequence_set.hpp"

#include <algorithm>

#include "ph/text/ascii.hpp"

namespace ph::imap {

namespace {

// Reads a seq-number at `pos`; false if none is there.
bool takeNumber(std::string_view s, std::size_t& pos, std::uint32_t& out) {
  if (pos < s.size() && s[pos] == '*') {
    ++pos;
    out = SequenceSet::kStar;
    return true;
  }
  const std::size_t start = pos;
  std::uint64_t value = 0;
  while (pos < s.size() && text::isDigit(s[pos])) {
    value = value * 10 + static_cast<std::uint64_t>(s[pos++] - '0');
    if (value > UINT32_MAX) return false;
  }
  if (pos == start || s[start] == '0') return false;  // nz-number = digit-nz *DIGIT
  out = static_cast<std::uint32_t>(value);
  return true;
}

}  // namespace

Result<SequenceSet> SequenceSet::parse(std::string_view text) {
  SequenceSet out;
  if (text == "$") {
    out.saved_ = true;
    return out;
  }
  std::size_t pos = 0;
  while (true) {
    Range r{};
    if (!takeNumber(text, pos, r.first)) return Error{Kind::Invalid, "invalid number in sequence set"};
    r.last = r.first;
    if (pos < text.size() && text[pos] == ':') {
      if (!takeNumber(text, ++pos, r.last)) return Error{Kind::Invalid, "invalid range in sequence set"};
    }
    if (out.ranges_.size() == kMaxRanges) return Error{Kind::Limit, "too many ranges in sequence set"};
    out.ranges_.push_back(r);
    if (pos == text.size()) return out;
    if (text[pos++] != ',') return Error{Kind::Invalid, "invalid character in sequence set"};
  }
}

bool SequenceSet::hasStar() const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [](const Range& r) { return r.first == kStar || r.last == kStar; });
}

std::uint32_t SequenceSet::largest() const {
  std::uint32_t n = 0;
  for (const auto& r : ranges_) n = std::max({n, r.first, r.last});
  return n;
}

NumberSet SequenceSet::resolve(std::uint32_t star) const {
  std::vector<NumberRange> plain;
  plain.reserve(ranges_.size());
  for (const auto& r : ranges_) {
    const std::uint32_t a = r.first == kStar ? star : r.first;
    const std::uint32_t b = r.last == kStar ? star : r.last;
    if (a != 0 && b != 0) plain.push_back({std::min(a, b), std::max(a, b)});
  }
  return NumberSet::fromRanges(std::move(plain));
}

}  // namespace ph::imap
