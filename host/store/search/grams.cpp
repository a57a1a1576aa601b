#include "store/search/grams.hpp"

#include <algorithm>
#include <set>

#include "ph/charset/convert.hpp"
#include "ph/text/utf8.hpp"

namespace posthouse::store::search {
namespace {

constexpr std::size_t kGram = 3;
constexpr std::size_t kMaxGrams = 16;  // each costs reading what the index knows of it

void addGrams(const std::string& word, std::set<std::string>& to) {
  const auto folded = ph::charset::foldCase(word);
  std::vector<std::size_t> starts;  // of characters, with the end
  char32_t c = 0;
  for (std::size_t at = 0;;) {
    starts.push_back(at);
    if (!ph::text::nextCodePoint(folded, at, c)) break;
  }
  if (starts.size() <= kGram) return;
  const std::size_t count = starts.size() - kGram;
  // Evenly over the word, its beginning and its end among them.
  const std::size_t some = std::min(count, kMaxGrams);
  for (std::size_t i = 0; i < some; ++i) {
    const std::size_t at = some == 1 ? 0 : i * (count - 1) / (some - 1);
    auto gram = folded.substr(starts[at], starts[at + kGram] - starts[at]);
    if (gram.find('\0') == std::string::npos) to.insert(std::move(gram));
  }
}

}  // namespace

std::string matchExpression(const std::vector<std::string>& words) {
  std::string out;
  std::set<std::string> grams;
  for (const auto& word : words) {
    if (grams.size() < 2 * kMaxGrams) addGrams(word, grams);
  }
  for (const auto& gram : grams) {
    if (!out.empty()) out += " AND ";
    out += '"';
    for (const char c : gram) out.append(c == '"' ? 2 : 1, c);
    out += '"';
  }
  return out;
}

}  // namespace posthouse::store::search
