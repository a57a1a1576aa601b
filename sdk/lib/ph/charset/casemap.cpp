#include "ph/charset/casemap.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "ph/charset/convert.hpp"
#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace ph::charset {
namespace {

// ICU makes it at the first call; asked for once, all threads see it whole.
const icu::Normalizer2* decomposer() {
  static const icu::Normalizer2* const kNfkd = [] {
    UErrorCode status = U_ZERO_ERROR;
    const auto* nfkd = icu::Normalizer2::getNFKDInstance(status);
    return U_FAILURE(status) ? nullptr : nfkd;
  }();
  return kNfkd;
}

}  // namespace

std::string casemapKey(std::string_view utf8) {
  if (text::isAscii(utf8)) return text::toUpper(utf8);
  std::string valid = sanitizeUtf8(utf8);
  const auto* const to = decomposer();
  if (!to) return valid;
  // RFC 5051 2: each character by its titlecase, then decomposed.
  icu::UnicodeString titled;
  char32_t c = 0;
  for (std::size_t at = 0; text::nextCodePoint(valid, at, c);) titled.append(u_totitle(static_cast<UChar32>(c)));
  UErrorCode status = U_ZERO_ERROR;
  std::string out;
  to->normalize(titled, status).toUTF8String(out);
  return U_FAILURE(status) ? valid : out;
}

}  // namespace ph::charset
