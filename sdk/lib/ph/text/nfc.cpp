#include "ph/text/nfc.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include "ph/text/ascii.hpp"

namespace ph::text {
namespace {

// ICU makes it at the first call; asked for once, all threads see it whole.
const icu::Normalizer2* normalizer() {
  static const icu::Normalizer2* const kNfc = [] {
    UErrorCode status = U_ZERO_ERROR;
    const auto* nfc = icu::Normalizer2::getNFCInstance(status);
    return U_FAILURE(status) ? nullptr : nfc;
  }();
  return kNfc;
}

}  // namespace

Result<std::string> nfc(std::string_view s) {
  if (isAscii(s)) return std::string(s);
  const auto* const to = normalizer();
  if (!to) return Error{Kind::Temporary, "the data of Unicode is not available"};
  const auto in = icu::UnicodeString::fromUTF8(icu::StringPiece(s.data(), static_cast<int32_t>(s.size())));
  UErrorCode status = U_ZERO_ERROR;
  std::string out;
  to->normalize(in, status).toUTF8String(out);
  if (U_FAILURE(status)) return Error{Kind::Invalid, "it can't be normalised"};
  return out;
}

}  // namespace ph::text
