// What a row keeps of a message: whatever is in it is read or refused, and what is written is read back.
#include "store/cold_texts.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto texts = posthouse::store::unpackTexts(text)) {
    const auto row = posthouse::store::packTexts(texts->envelope, texts->structure, texts->parts);
    const auto again = posthouse::store::unpackTexts(row);
    if (!again || again->envelope != texts->envelope || again->structure != texts->structure ||
        again->parts != texts->parts)
      std::abort();
  }
  const auto envelope = text.substr(0, size / 2), structure = text.substr(size / 2, size / 4),
             parts = text.substr(size / 2 + size / 4);
  const auto back = posthouse::store::unpackTexts(posthouse::store::packTexts(envelope, structure, parts));
  if (!back || back->envelope != envelope || back->structure != structure || back->parts != parts) std::abort();
  return 0;
}
