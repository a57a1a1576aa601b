#include "http/parser/range.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "ph/text/ascii.hpp"

namespace posthouse::http {
namespace {

constexpr size_t kMaxParts = 8;

std::optional<uint64_t> number(std::string_view text) {
  uint64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

// Nothing: not a range. A size of 0: beyond the end.
std::optional<Range> part(std::string_view spec, uint64_t size) {
  const size_t dash = spec.find('-');
  if (dash == spec.npos) return std::nullopt;
  const auto last = number(spec.substr(dash + 1));
  if (dash == 0) {  // the last so many
    if (!last) return std::nullopt;
    const uint64_t n = std::min(*last, size);
    return Range{size - n, n};
  }
  const auto first = number(spec.substr(0, dash));
  if (!first || (dash + 1 < spec.size() && (!last || *last < *first))) return std::nullopt;
  if (*first >= size) return Range{};
  const uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return Range{*first, end - *first + 1};
}

bool overlap(std::vector<Range> parts) {
  std::sort(parts.begin(), parts.end(), [](const Range& a, const Range& b) { return a.from < b.from; });
  for (size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].from < parts[i - 1].from + parts[i - 1].size) return true;
  }
  return false;
}

}  // namespace

Ranges parseRange(std::string_view field, uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  Ranges out;
  if (!ph::text::equalsNoCase(field.substr(0, kUnit.size()), kUnit)) return out;
  field.remove_prefix(kUnit.size());
  size_t asked = 0;
  while (true) {
    const size_t comma = field.find(',');
    const std::string_view spec = ph::text::trim(field.substr(0, comma));
    if (!spec.empty()) {
      const auto p = part(spec, size);
      if (!p || ++asked > kMaxParts) return {};
      if (p->size > 0) out.parts.push_back(*p);
    }
    if (comma == field.npos) break;
    field.remove_prefix(comma + 1);
  }
  if (asked == 0 || overlap(out.parts)) return {};
  out.state = out.parts.empty() ? Ranges::State::Unsatisfiable : Ranges::State::Parts;
  return out;
}

std::string contentRange(const Range& p, uint64_t size) {
  return "bytes " + std::to_string(p.from) + "-" + std::to_string(p.from + p.size - 1) + "/" + std::to_string(size);
}

std::string multipart(std::string_view whole, const std::vector<Range>& parts, std::string_view type,
                      std::string_view boundary) {
  std::string out;
  for (const auto& p : parts) {
    out.append("--").append(boundary).append("\r\n");
    if (!type.empty()) out.append("content-type: ").append(type).append("\r\n");
    out.append("content-range: ").append(contentRange(p, whole.size())).append("\r\n\r\n");
    out.append(whole.substr(p.from, p.size)).append("\r\n");
  }
  return out.append("--").append(boundary).append("--\r\n");
}

}  // namespace posthouse::http
