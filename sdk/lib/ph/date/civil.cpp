// Days and civil dates by counting eras of 400 years.
#include "ph/date/date.hpp"

namespace ph::date {
namespace {
constexpr int kDaysPerEra = 146097;
constexpr int kEpochShift = 719468;  // days from 0000-03-01 to 1970-01-01
}  // namespace

int64_t daysOf(const Day& d) {
  const int64_t year = d.year - (d.month <= 2 ? 1 : 0);  // years begin in March, so leap days come last
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t inEra = year - era * 400;
  const int64_t dayOfYear = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
  return era * kDaysPerEra + inEra * 365 + inEra / 4 - inEra / 100 + dayOfYear - kEpochShift;
}

Day dayOf(int64_t days) {
  days += kEpochShift;
  const int64_t era = (days >= 0 ? days : days - (kDaysPerEra - 1)) / kDaysPerEra;
  const int64_t inEra = days - era * kDaysPerEra;
  const int64_t yearOfEra = (inEra - inEra / 1460 + inEra / 36524 - inEra / 146096) / 365;
  const int64_t dayOfYear = inEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const int64_t shifted = (5 * dayOfYear + 2) / 153;
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {static_cast<int>(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), month,
          static_cast<int>(dayOfYear - (153 * shifted + 2) / 5 + 1)};
}

bool isValid(const Day& d) {
  if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1) return false;
  return dayOf(daysOf(d)) == d;
}

int64_t unixSeconds(const Day& day) {
  return daysOf(day) * 86400;
}

Day localDay(const DateTime& when) {
  const int64_t local = when.unixSeconds + int64_t{when.zoneMinutes} * 60;
  return dayOf(local >= 0 ? local / 86400 : (local - 86399) / 86400);
}

}  // namespace ph::date
