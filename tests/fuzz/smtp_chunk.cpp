// BDAT text and the header filter behind it: whole and in pieces must agree; what passes has CRLF line ends only, and
// nothing but the dropped fields is missing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ph/smtp/chunk_reader.hpp"
#include "ph/smtp/header_filter.hpp"

namespace {

struct Outcome {
  std::string text, filtered;
  bool refused = false, plain = false, nonAscii = false;
  unsigned count = 0;
  std::string value;
  bool operator==(const Outcome&) const = default;
};

Outcome read(bool binary, bool drop, std::string_view in, std::size_t step) {
  Outcome o;
  ph::smtp::HeaderFilter filter([&](std::string_view s) { o.filtered += s; }, {{"bcc", drop}});
  ph::smtp::ChunkReader reader(binary, [&](std::string_view s) {
    o.text += s;
    filter.feed(s);
  });
  for (std::size_t i = 0; i < in.size(); i += step) reader.feed(in.substr(i, step));
  reader.finish();
  filter.finish();
  if (reader.size() != o.text.size()) std::abort();
  o.refused = reader.refused();
  o.plain = reader.plain();
  o.nonAscii = filter.nonAscii();
  o.count = filter.field("bcc").count;
  o.value = filter.field("bcc").value;
  if (o.refused) return {{}, {}, true, o.plain, false, 0, {}};  // what came before is dropped
  return o;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  for (const bool binary : {false, true}) {
    const Outcome whole = read(binary, true, in, size + 1);
    for (const std::size_t step : {1, 3, 7}) {
      if (!(whole == read(binary, true, in, step))) std::abort();
    }
    if (whole.refused) continue;
    const Outcome kept = read(binary, false, in, 5);
    if (kept.text != kept.filtered || kept.count != whole.count || kept.value != whole.value) std::abort();
    if (whole.count == 0 && whole.filtered != whole.text) std::abort();
    if (binary && whole.text != in) std::abort();
    for (std::size_t i = 0; !binary && i < whole.text.size(); ++i) {
      if (whole.text[i] == '\n' && (i == 0 || whole.text[i - 1] != '\r')) std::abort();
      if (whole.text[i] == '\r' && (i + 1 == whole.text.size() || whole.text[i + 1] != '\n')) std::abort();
    }
  }
  return 0;
}
