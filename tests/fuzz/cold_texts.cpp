// What a row keeps of a message: whatever is in it is read or refused, and what is written is read back.
#include "store/cold_texts.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto texts = posthouse::store::unpackTexts(text)) {
    const auto again = posthouse::store::unpackTexts(posthouse::store::packTexts(*texts));
    if (!again || *again != *texts) std::abort();
  }
  const auto piece = [&](size_t from, size_t count) { return std::string(text.substr(from, count)); };
  const posthouse::store::ColdTexts texts{piece(0, size / 2), piece(size / 2, size / 8),
                                          piece(size / 2 + size / 8, size / 8), piece(size / 2 + size / 8 * 2, size)};
  const auto back = posthouse::store::unpackTexts(posthouse::store::packTexts(texts));
  if (!back || *back != texts) std::abort();
  return 0;
}
