// Reading and writing of date texts.
#include <array>
#include <vector>

#include "ph/date/date.hpp"
#include "ph/text/ascii.hpp"

namespace ph::date {
namespace {

constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<const char*, 7> kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // day 0 was one
constexpr int kMaxZone = 99 * 60 + 59;

Error bad() {
  return {Kind::Invalid, "not a date"};
}

bool readInt(std::string_view s, size_t least, size_t most, int& out) {
  if (s.size() < least || s.size() > most) return false;
  out = 0;
  for (const char c : s) {
    if (!text::isDigit(c)) return false;
    out = out * 10 + (c - '0');
  }
  return true;
}

int readMonth(std::string_view s) {  // 0: none
  if (s.size() < 3) return 0;
  for (size_t i = 0; i < kMonths.size(); ++i) {
    if (text::startsWithNoCase(s, kMonths[i])) return static_cast<int>(i) + 1;
  }
  return 0;
}

// hh ":" mm [":" ss]
bool readTime(std::string_view s, bool secondsNeeded, int& out) {
  const size_t first = s.find(':');
  if (first == std::string_view::npos) return false;
  const size_t second = s.find(':', first + 1);
  if (secondsNeeded && second == std::string_view::npos) return false;
  int h = 0, m = 0, sec = 0;
  const size_t least = secondsNeeded ? 2 : 1;
  if (!readInt(s.substr(0, first), least, 2, h)) return false;
  const size_t minuteEnd = second == std::string_view::npos ? s.size() : second;
  if (!readInt(s.substr(first + 1, minuteEnd - first - 1), least, 2, m)) return false;
  if (second != std::string_view::npos && !readInt(s.substr(second + 1), least, 2, sec)) return false;
  if (h > 23 || m > 59 || sec > 60) return false;
  out = h * 3600 + m * 60 + sec;
  return true;
}

bool readOffset(std::string_view s, int& minutes) {
  int v = 0;
  if (s.size() != 5 || (s[0] != '+' && s[0] != '-') || !readInt(s.substr(1), 4, 4, v) || v % 100 > 59) return false;
  minutes = (v / 100 * 60 + v % 100) * (s[0] == '-' ? -1 : 1);
  return true;
}

// RFC 5322 4.3: military and unknown zones mean -0000.
int readZone(std::string_view s) {
  int minutes = 0;
  if (readOffset(s, minutes)) return minutes;
  static constexpr struct {
    const char* name;
    int hours;
  } kZones[] = {{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
  for (const auto& zone : kZones) {
    if (text::equalsNoCase(s, zone.name)) return zone.hours * 60;
  }
  return 0;
}

// Words of a Date value without comments; commas part words too, and a value of hostile length is cut.
std::vector<std::string_view> words(std::string_view s) {
  std::vector<std::string_view> out;
  s = s.substr(0, 1000);
  size_t depth = 0;
  size_t start = std::string_view::npos;
  for (size_t i = 0; i <= s.size(); ++i) {
    const char c = i < s.size() ? s[i] : ' ';
    const bool breaks = depth > 0 || text::isSpace(c) || c == ',' || c == '(' || c == ')';
    if (breaks && start != std::string_view::npos) {
      out.push_back(s.substr(start, i - start));
      start = std::string_view::npos;
    } else if (!breaks && start == std::string_view::npos) {
      start = i;
    }
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
  }
  return out;
}

std::string digits(int64_t value, size_t width) {
  std::string out = std::to_string(value);
  return out.size() < width ? std::string(width - out.size(), '0') + out : out;
}

struct Civil {
  Day day;
  int64_t days = 0;
  int seconds = 0;
  int zone = 0;
};

// Local civil time; moments outside of years 1 to 9999 are moved to their border.
Civil civil(const DateTime& when) {
  static const int64_t kFirst = unixSeconds({1, 1, 1});
  static const int64_t kLast = unixSeconds({9999, 12, 31}) + 86399;
  Civil out;
  out.zone = when.zoneMinutes < -kMaxZone || when.zoneMinutes > kMaxZone ? 0 : when.zoneMinutes;
  int64_t local = when.unixSeconds < kFirst ? kFirst : when.unixSeconds > kLast ? kLast : when.unixSeconds;
  local += int64_t{out.zone} * 60;
  local = local < kFirst ? kFirst : local > kLast ? kLast : local;
  out.days = local >= 0 ? local / 86400 : (local - 86399) / 86400;
  out.day = dayOf(out.days);
  out.seconds = static_cast<int>(local - out.days * 86400);
  return out;
}

std::string timeAndZone(const Civil& c) {
  const int zone = c.zone < 0 ? -c.zone : c.zone;
  return digits(c.seconds / 3600, 2) + ':' + digits(c.seconds / 60 % 60, 2) + ':' + digits(c.seconds % 60, 2) + ' ' +
         (c.zone < 0 ? '-' : '+') + digits(zone / 60, 2) + digits(zone % 60, 2);
}

const char* monthName(const Day& d) {
  return kMonths[static_cast<size_t>(d.month - 1)];
}

Result<DateTime> moment(const Day& day, int seconds, int zone) {
  if (!isValid(day)) return bad();
  return DateTime{unixSeconds(day) + seconds - int64_t{zone} * 60, zone};
}

}  // namespace

Result<DateTime> parse(std::string_view value) {
  const auto w = words(value);
  size_t i = 0;
  if (i < w.size() && text::isAlpha(w[i].front()) && !(readMonth(w[i]) > 0)) ++i;  // the weekday, never checked
  Day day;
  if (i + 2 >= w.size()) return bad();
  // "21 Nov" of the RFC, or "Nov 21" of asctime, whose year may stand after the time.
  size_t timeAt = i + 3;
  std::string_view yearText = w[i + 2];
  if (readInt(w[i], 1, 2, day.day)) {
    day.month = readMonth(w[i + 1]);
  } else if ((day.month = readMonth(w[i])) == 0 || !readInt(w[i + 1], 1, 2, day.day)) {
    return bad();
  } else if (yearText.find(':') != std::string_view::npos && i + 3 < w.size()) {
    timeAt = i + 2;
    yearText = w.back();
  }
  if (!readInt(yearText, 2, 4, day.year)) return bad();
  // RFC 5322 4.3: two digits are 2000-2049 or 1950-1999, three digits count from 1900.
  if (yearText.size() == 2) day.year += day.year < 50 ? 2000 : 1900;
  if (yearText.size() == 3) day.year += 1900;
  int seconds = 0;
  int zone = 0;
  if (timeAt < w.size()) {
    if (!readTime(w[timeAt], false, seconds)) return bad();
    if (timeAt + 1 < w.size()) zone = readZone(w[timeAt + 1]);
  }
  return moment(day, seconds, zone);
}

std::string format(const DateTime& when) {
  const Civil c = civil(when);
  const auto weekday = static_cast<size_t>((c.days % 7 + 7) % 7);
  return std::string(kDays[weekday]) + ", " + digits(c.day.day, 2) + ' ' + monthName(c.day) + ' ' +
         digits(c.day.year, 4) + ' ' + timeAndZone(c);
}

Result<Day> parseImapDate(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  const size_t first = text.find('-');
  const size_t second = first == std::string_view::npos ? first : text.find('-', first + 1);
  if (second == std::string_view::npos || second - first != 4) return bad();
  Day day;
  day.month = readMonth(text.substr(first + 1, 3));
  if (!readInt(text.substr(0, first), 1, 2, day.day) || !readInt(text.substr(second + 1), 4, 4, day.year) ||
      !isValid(day)) {
    return bad();
  }
  return day;
}

std::string formatImapDate(const Day& day) {
  return std::to_string(day.day) + '-' + monthName(day) + '-' + digits(day.year, 4);
}

// date-day-fixed "-" date-month "-" date-year SP time SP zone
Result<DateTime> parseImapDateTime(std::string_view text) {
  if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const size_t first = text.find(' ');
  const size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos) return bad();
  const auto day = parseImapDate(text.substr(0, first));
  int seconds = 0;
  int zone = 0;
  if (!day || !readTime(text.substr(first + 1, second - first - 1), true, seconds) ||
      !readOffset(text.substr(second + 1), zone)) {
    return bad();
  }
  return moment(*day, seconds, zone);
}

std::string formatImapDateTime(const DateTime& when) {
  const Civil c = civil(when);
  return (c.day.day < 10 ? " " : "") + std::to_string(c.day.day) + '-' + monthName(c.day) + '-' +
         digits(c.day.year, 4) + ' ' + timeAndZone(c);
}

}  // namespace ph::date
