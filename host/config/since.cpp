#include "config/since.hpp"

#include <charconv>
#include <ctime>

#include "config/node.hpp"

namespace posthouse::config {

ph::Result<int64_t> parseSince(const std::string& text, int64_t now) {
  int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  if (const auto r = std::from_chars(text.data(), end, seconds); r.ec == std::errc() && r.ptr == end) return seconds;
  if (int64_t ms = 0; parseDuration(text, &ms)) return now - ms / 1000;
  for (const char* format : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
    std::tm tm{};
    const char* const at = ::strptime(text.c_str(), format, &tm);
    if (at && *at == '\0') return static_cast<int64_t>(::timegm(&tm));
  }
  return ph::Error{ph::Kind::Invalid, "'" + text + "' is no time: say 3h, 2d, 2026-11-21 or 2026-11-21T20:00:00Z"};
}

}  // namespace posthouse::config
