// Authentication-Results that came with a message: whatever the header, whole fields in order are taken out, ours
// alone.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ph/text/ascii.hpp"
#include "pipeline/forged_results.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace posthouse::pipeline;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  uint64_t end = 0;
  std::string rest;
  for (const auto& cut : forgedResults(text, "mx.example")) {
    if (cut.offset < end || cut.size == 0 || cut.offset + cut.size > size) std::abort();
    rest += text.substr(end, cut.offset - end);
    end = cut.offset + cut.size;
    if (!ph::text::startsWithNoCase(text.substr(cut.offset), "authentication-results")) std::abort();
  }
  rest += text.substr(end);
  if (!forgedResults(rest, "mx.example").empty() && rest.size() == size) std::abort();
  return 0;
}
