#include "config/suggest.hpp"

#include <algorithm>
#include <numeric>

namespace posthouse::config {
namespace {

size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string suggest(const std::string& word, const std::vector<std::string>& names) {
  const std::string* best = nullptr;
  size_t bestDistance = std::max<size_t>(2, word.size() / 3) + 1;
  for (const auto& name : names) {
    const size_t d = distance(word, name);
    if (d < bestDistance) {
      best = &name;
      bestDistance = d;
    }
  }
  if (best) return "; did you mean '" + *best + "'?";
  if (names.empty() || names.size() > 12) return "";
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  return "; known here: " + list;
}

}  // namespace posthouse::config
