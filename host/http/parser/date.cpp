#include "http/parser/date.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <iterator>

namespace posthouse::http {
namespace {

constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr size_t kMaxDate = 40;

std::optional<std::time_t> timeOf(int year, const char* month, int day, int hour, int minute, int second) {
  for (size_t m = 0; m < std::size(kMonths); ++m) {
    if (std::strcmp(month, kMonths[m]) != 0) continue;
    if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 || year < 1900) return std::nullopt;
    tm t{};
    t.tm_year = year - 1900;
    t.tm_mon = static_cast<int>(m);
    t.tm_mday = day;
    t.tm_hour = hour;
    t.tm_min = minute;
    t.tm_sec = second;
    return timegm(&t);
  }
  return std::nullopt;
}

}  // namespace

std::string httpDate(std::time_t at) {
  tm t{};
  gmtime_r(&at, &t);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[t.tm_wday], t.tm_mday,
                kMonths[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
  return text;
}

std::optional<std::time_t> parseHttpDate(std::string_view text) {
  if (text.size() > kMaxDate) return std::nullopt;
  const std::string s(text);
  char month[4] = {};
  int day = 0, year = 0, hour = 0, minute = 0, second = 0, used = 0;
  const auto whole = [&] { return used == static_cast<int>(s.size()); };
  if (std::sscanf(s.c_str(), "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, month, &year, &hour, &minute,
                  &second, &used) == 6 &&
      whole())
    return timeOf(year, month, day, hour, minute, second);
  used = 0;
  if (std::sscanf(s.c_str(), "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &day, month, &year, &hour, &minute,
                  &second, &used) == 6 &&
      whole())
    return timeOf(year + (year < 70 ? 2000 : 1900), month, day, hour, minute, second);
  used = 0;
  if (std::sscanf(s.c_str(), "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", month, &day, &hour, &minute, &second,
                  &year, &used) == 6 &&
      whole())
    return timeOf(year, month, day, hour, minute, second);
  return std::nullopt;
}

}  // namespace posthouse::http
