// A date that parses is written so that it parses to the same moment; civil arithmetic is its own inverse.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "ph/date/date.hpp"

namespace {
using namespace ph::date;

void require(bool holds) {
  if (!holds) std::abort();
}

// Moments within a day of the ends of the calendar are moved to the end when written.
bool isInside(const DateTime& when) {
  return when.unixSeconds > unixSeconds({1, 1, 6}) && when.unixSeconds < unixSeconds({9999, 12, 26});
}

void roundTrip(const DateTime& when) {
  const std::string imap = formatImapDateTime(when);
  require(imap.size() == 26);
  const auto a = parse(format(when));
  const auto b = parseImapDateTime(imap);
  require(a.ok() && b.ok());
  if (isInside(when)) require(*a == when && *b == when);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto when = parse(text)) roundTrip(*when);
  if (const auto when = parseImapDateTime(text)) roundTrip(*when);
  if (const auto day = parseImapDate(text)) {
    require(isValid(*day) && *parseImapDate(formatImapDate(*day)) == *day);
    require(dayOf(daysOf(*day)) == *day);
  }
  if (size >= sizeof(int64_t)) {
    DateTime when;
    std::memcpy(&when.unixSeconds, data, sizeof when.unixSeconds);
    const auto when2 = parse(format(when));  // any moment at all can be written
    require(when2.ok());
    when.unixSeconds %= 300'000'000'000;
    if (isInside(when)) roundTrip(when);
    const Day day = localDay(when);
    require(dayOf(daysOf(day)) == day);
  }
  return 0;
}
