// Dates of mail: the Date header, IMAP date-time and IMAP date, by pure arithmetic.
// Guarantees: no clock, no time zone database, no locale; years 1 to 9999; proleptic Gregorian.
// Threads: pure functions. RFC 5322 3.3, 4.3, RFC 9051 9 (date, date-time).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::date {

struct DateTime {
  int64_t unixSeconds = 0;
  int zoneMinutes = 0;  // east of UTC, as written
  bool operator==(const DateTime&) const = default;
};

struct Day {
  int year = 1970;
  int month = 1;  // 1-12
  int day = 1;
  bool operator==(const Day&) const = default;
};

// Days since 1970-01-01 and back.
int64_t daysOf(const Day& day);
Day dayOf(int64_t days);
bool isValid(const Day& day);

// A Date header value, comments and obsolete zones included; tolerant of a missing weekday, seconds or zone.
Result<DateTime> parse(std::string_view value);
std::string format(const DateTime& when);  // "Fri, 21 Nov 1997 09:55:06 -0600"

// "17-Jul-1996 02:44:25 -0700", day of one digit with or without a blank before it; without quotes.
Result<DateTime> parseImapDateTime(std::string_view text);
std::string formatImapDateTime(const DateTime& when);  // always 26 bytes, without quotes

// "1-Feb-1994", optionally in double quotes.
Result<Day> parseImapDate(std::string_view text);
std::string formatImapDate(const Day& day);

// Midnight of a day in UTC, and the day a moment falls on as its own zone sees it.
int64_t unixSeconds(const Day& day);
Day localDay(const DateTime& when);

}  // namespace ph::date
