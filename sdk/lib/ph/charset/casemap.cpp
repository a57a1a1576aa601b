#include "ph/charset/casemap.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <vector>

#include "ph/charset/convert.hpp"
#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace ph::charset {

std::string casemapKey(std::string_view utf8) {
  if (text::isAscii(utf8)) return text::toUpper(utf8);
  const std::string valid = sanitizeUtf8(utf8);
  // RFC 5051 2: each character by its titlecase, then decomposed.
  std::vector<UChar> titled;
  char32_t c = 0;
  for (std::size_t at = 0; text::nextCodePoint(valid, at, c);) {
    const UChar32 t = u_totitle(static_cast<UChar32>(c));
    if (U_IS_BMP(t)) {
      titled.push_back(static_cast<UChar>(t));
    } else {
      titled.push_back(U16_LEAD(t));
      titled.push_back(U16_TRAIL(t));
    }
  }
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* nfkd = unorm2_getNFKDInstance(&error);
  if (U_FAILURE(error)) return valid;
  const auto length = static_cast<int32_t>(titled.size());
  const int32_t size = unorm2_normalize(nfkd, titled.data(), length, nullptr, 0, &error);
  if (error != U_BUFFER_OVERFLOW_ERROR) return valid;
  std::vector<UChar> plain(static_cast<std::size_t>(size));
  error = U_ZERO_ERROR;
  unorm2_normalize(nfkd, titled.data(), length, plain.data(), size, &error);
  if (U_FAILURE(error)) return valid;
  std::string out;
  for (int32_t i = 0; i < size;) {
    UChar32 d = 0;
    U16_NEXT(plain.data(), i, size, d);
    if (U_IS_SURROGATE(d)) continue;
    text::appendUtf8(out, static_cast<char32_t>(d));
  }
  return out;
}

}  // namespace ph::charset
