// Ranges and dates of HTTP: parts lie within the representation, and dates that are written are read as they were.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/parser/date.hpp"
#include "http/parser/range.hpp"

using namespace posthouse::http;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const uint64_t whole : {uint64_t{0}, uint64_t{1}, uint64_t{1000}, UINT64_MAX}) {
    const Ranges ranges = parseRange(text, whole);
    if ((ranges.state == Ranges::State::Parts) != !ranges.parts.empty()) std::abort();
    for (const Range& r : ranges.parts) {
      if (r.size == 0 || r.from >= whole || r.size > whole - r.from) std::abort();
    }
    if (whole == 1000 && !ranges.parts.empty()) {
      const auto body = multipart(std::string(1000, 'x'), ranges.parts, "text/plain", "b");
      if (body.size() > 1000 * ranges.parts.size() + 1000 + 200 * ranges.parts.size()) std::abort();
    }
  }
  if (const auto date = parseHttpDate(text)) {
    if (parseHttpDate(httpDate(*date)) != date) std::abort();
  }
  return 0;
}
