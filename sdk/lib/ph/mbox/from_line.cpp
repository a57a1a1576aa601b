// The date of a "From " line: "Www Mmm dd hh:mm[:ss] [zone] yyyy" or "... yyyy [+hhmm]", RFC 4155 and what is found.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "ph/date/date.hpp"
#include "ph/mbox/splitter.hpp"

namespace ph::mbox {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

std::vector<std::string_view> wordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  while (words.size() < 64) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == text.npos) break;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0) return {};
  return value;
}

// "18:22" or "18:22:48", as seconds of the day.
std::optional<int> clock(std::string_view text) {
  int parts[3] = {0, 0, 0};
  int n = 0;
  for (;; ++n) {
    if (n == 3) return {};
    const auto colon = text.find(':');
    const auto part = number(text.substr(0, colon));
    if (!part) return {};
    parts[n] = *part;
    if (colon == text.npos) break;
    text.remove_prefix(colon + 1);
  }
  if (n == 0 || parts[0] > 23 || parts[1] > 59 || parts[2] > 60) return {};
  return parts[0] * 3600 + parts[1] * 60 + parts[2];
}

// "+0100", as seconds.
std::optional<int> offset(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return {};
  const auto value = number(text.substr(1));
  if (!value) return {};
  const int seconds = *value / 100 * 3600 + *value % 100 * 60;
  return text[0] == '-' ? -seconds : seconds;
}

bool isZoneName(std::string_view text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == text.npos;
}

}  // namespace

bool fromLineDate(std::string_view fromLine, std::int64_t* time) {
  const auto words = wordsOf(fromLine);
  for (std::size_t i = 0; i + 3 < words.size(); ++i) {
    if (std::find(kDays.begin(), kDays.end(), words[i]) == kDays.end()) continue;
    const auto month = std::find(kMonths.begin(), kMonths.end(), words[i + 1]);
    const auto day = number(words[i + 2]);
    const auto seconds = clock(words[i + 3]);
    if (month == kMonths.end() || !day || !seconds) continue;
    std::optional<int> year;
    int zone = 0;
    for (auto j = i + 4; j < words.size() && j < i + 7; ++j) {
      const auto n = number(words[j]);
      if (const auto o = offset(words[j])) {
        zone = *o;
      } else if (n && !year) {
        year = *n < 70 ? *n + 2000 : *n < 100 ? *n + 1900 : *n;
      } else if (!isZoneName(words[j])) {
        break;
      }
    }
    if (!year) continue;
    const date::Day when{*year, static_cast<int>(month - kMonths.begin()) + 1, *day};
    if (!date::isValid(when)) continue;
    *time = date::unixSeconds(when) + *seconds - zone;
    return true;
  }
  return false;
}

}  // namespace ph::mbox
