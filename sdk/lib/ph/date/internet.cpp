#include "ph/date/internet.hpp"

#include <cstdio>

#include "ph/date/date.hpp"
#include "ph/text/ascii.hpp"

namespace ph::date {

namespace {

// So many digits at the start of `s`, at most `max`; moves `s` past them and past `after`, if there is one. -1: not so.
int take(std::string_view& s, size_t digits, int max, char after = '\0') {
  int out = 0;
  if (s.size() < digits) return -1;
  for (size_t i = 0; i < digits; ++i) {
    if (!text::isDigit(s[i])) return -1;
    out = out * 10 + (s[i] - '0');
  }
  s.remove_prefix(digits);
  if (after != '\0') {
    if (s.empty() || text::upper(s.front()) != after) return -1;
    s.remove_prefix(1);
  }
  return out <= max ? out : -1;
}

}  // namespace

Result<int64_t> parseInternet(std::string_view s) {
  const Error bad{Kind::Invalid, "not a date-time of RFC 3339"};
  const Day day{take(s, 4, 9999, '-'), take(s, 2, 12, '-'), take(s, 2, 31, 'T')};
  const int hour = take(s, 2, 23, ':');
  const int minute = take(s, 2, 59, ':');
  const int second = take(s, 2, 60);
  if (hour < 0 || minute < 0 || second < 0 || !isValid(day)) return bad;
  if (!s.empty() && s.front() == '.') {
    size_t n = 1;
    while (n < s.size() && text::isDigit(s[n])) ++n;
    if (n == 1) return bad;
    s.remove_prefix(n);
  }
  int offset = 0;
  if (s.empty()) return bad;
  const char sign = text::upper(s.front());
  s.remove_prefix(1);
  if (sign == '+' || sign == '-') {
    const int hours = take(s, 2, 23, ':');
    const int minutes = take(s, 2, 59);
    if (hours < 0 || minutes < 0) return bad;
    offset = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
  } else if (sign != 'Z') {
    return bad;
  }
  if (!s.empty()) return bad;
  return unixSeconds(day) + hour * 3600 + minute * 60 + second - int64_t{offset} * 60;
}

std::string formatInternet(int64_t when) {
  const Day day = localDay({when, 0});
  const auto rest = static_cast<int>(when - unixSeconds(day));
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02dZ", day.year, day.month, day.day, rest / 3600,
                rest / 60 % 60, rest % 60);
  return buffer;
}

}  // namespace ph::date
