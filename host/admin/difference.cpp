#include "admin/difference.hpp"

#include <algorithm>
#include <vector>

namespace posthouse::admin {
namespace {

constexpr size_t kContext = 3;

std::vector<std::string_view> linesOf(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

std::string difference(const std::string& name, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const auto a = linesOf(before), b = linesOf(after);
  size_t same = 0, tail = 0;
  while (same < std::min(a.size(), b.size()) && a[same] == b[same]) ++same;
  while (tail < std::min(a.size(), b.size()) - same && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  const size_t from = same - std::min(same, kContext), more = std::min(tail, kContext);
  const auto range = [&](const auto& lines) {
    const size_t count = lines.size() - tail + more - from;
    return std::to_string(count == 0 ? from : from + 1) + "," + std::to_string(count);
  };
  std::string out = "--- " + name + "\n+++ " + name + "\n@@ -" + range(a) + " +" + range(b) + " @@\n";
  const auto add = [&](char mark, std::string_view line) { out.append(1, mark).append(line).append("\n"); };
  for (size_t i = from; i < same; ++i) add(' ', a[i]);
  for (size_t i = same; i < a.size() - tail; ++i) add('-', a[i]);
  for (size_t i = same; i < b.size() - tail; ++i) add('+', b[i]);
  for (size_t i = 0; i < more; ++i) add(' ', a[a.size() - tail + i]);
  return out;
}

}  // namespace posthouse::admin
