// Conversion through ICU; converters are opened per call because they hold state.
#include "ph/charset/convert.hpp"

#include <unicode/ucasemap.h>
#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <cstring>
#include <memory>

#include "ph/text/ascii.hpp"

namespace ph::charset {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Close {
  void operator()(UConverter* c) const { ucnv_close(c); }
  void operator()(UCaseMap* m) const { ucasemap_close(m); }
};
using Converter = std::unique_ptr<UConverter, Close>;

// Names that senders use and ICU does not know, or reads as less than what senders mean: mail marked as one of
// these commonly holds the characters of the Windows superset.
std::string_view meaning(std::string_view charset) {
  for (const auto name : {"us-ascii", "ascii", "iso-8859-1", "latin1", "x-unknown", "unknown-8bit"}) {
    if (text::equalsNoCase(charset, name)) return "windows-1252";
  }
  for (const auto name : {"utf8", "unicode-1-1-utf-8"}) {
    if (text::equalsNoCase(charset, name)) return "utf-8";
  }
  if (text::equalsNoCase(charset, "ks_c_5601-1987")) return "windows-949";
  if (text::equalsNoCase(charset, "gb2312")) return "gb18030";
  return charset;
}

Converter open(std::string_view charset) {
  charset = text::trim(charset);
  if (charset.empty() || charset.size() > 60) return nullptr;
  for (const char c : charset) {
    // ICU reads options after a comma, and a NUL would end the name.
    if (static_cast<unsigned char>(c) <= ' ' || c == ',' || text::isUtf8Byte(c)) return nullptr;
  }
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(std::string(meaning(charset)).c_str(), &error));
  return U_SUCCESS(error) ? std::move(converter) : nullptr;
}

// Length of the well-formed character at pos (RFC 3629 4), 0 when there is none.
size_t characterLength(std::string_view s, size_t pos) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char first = byte(pos);
  if (first < 0x80) return 1;
  const size_t n = first >= 0xC2 && first <= 0xDF   ? 2
                   : (first & 0xF0) == 0xE0         ? 3
                   : first >= 0xF0 && first <= 0xF4 ? 4
                                                    : 0;
  if (n == 0 || pos + n > s.size()) return 0;
  for (size_t i = 1; i < n; ++i) {
    if ((byte(pos + i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(pos + 1);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90) ||
      (first == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return n;
}

// Offset of the first byte that is not part of well-formed UTF-8.
size_t validPrefix(std::string_view s) {
  size_t i = 0;
  while (i < s.size()) {
    uint64_t eight;
    while (i + 8 <= s.size() && (std::memcpy(&eight, s.data() + i, 8), (eight & 0x8080808080808080ULL) == 0)) i += 8;
    if (i >= s.size()) break;
    const size_t n = characterLength(s, i);
    if (n == 0) return i;
    i += n;
  }
  return s.size();
}

std::string convert(UConverter* converter, std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 4);
  UChar buffer[2048] = {};
  const char* source = bytes.data();
  const char* end = source + bytes.size();
  UChar32 lead = 0;
  for (;;) {
    UChar* target = buffer;
    UErrorCode error = U_ZERO_ERROR;
    ucnv_toUnicode(converter, &target, buffer + std::size(buffer), &source, end, nullptr, true, &error);
    for (const UChar* p = buffer; p < target; ++p) {
      UChar32 c = *p;
      if (U16_IS_LEAD(c)) {
        if (lead) out += kReplacement;
        lead = c;
        continue;
      }
      if (U16_IS_TRAIL(c)) {
        c = lead ? U16_GET_SUPPLEMENTARY(lead, c) : 0xFFFD;
        lead = 0;
      } else if (lead) {
        out += kReplacement;
        lead = 0;
      }
      char utf8[4];
      int32_t length = 0;
      U8_APPEND_UNSAFE(utf8, length, c);
      out.append(utf8, static_cast<size_t>(length));
    }
    if (error != U_BUFFER_OVERFLOW_ERROR) break;
  }
  if (lead) out += kReplacement;
  return out;
}

}  // namespace

bool isValidUtf8(std::string_view bytes) {
  return validPrefix(bytes) == bytes.size();
}

std::string sanitizeUtf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t good = validPrefix(bytes);
    out.append(bytes.substr(0, good));
    bytes.remove_prefix(good);
    if (bytes.empty()) break;
    out += kReplacement;
    bytes.remove_prefix(1);
    while (!bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0xC0) == 0x80) bytes.remove_prefix(1);
  }
  return out;
}

bool isKnown(std::string_view charset) {
  return open(charset) != nullptr;
}

std::string toUtf8(std::string_view charset, std::string_view bytes) {
  const std::string_view name = meaning(text::trim(charset));
  if (text::equalsNoCase(name, "utf-8")) return sanitizeUtf8(bytes);
  // Unlabelled and mislabelled UTF-8 is far more common than windows-1252 text that happens to be valid UTF-8.
  if (text::equalsNoCase(name, "windows-1252") && isValidUtf8(bytes)) return std::string(bytes);
  Converter converter = open(name);
  if (!converter) {
    if (isValidUtf8(bytes)) return std::string(bytes);
    converter = open("windows-1252");
    if (!converter) return sanitizeUtf8(bytes);
  }
  return convert(converter.get(), bytes);
}

std::string foldCase(std::string_view utf8) {
  if (text::isAscii(utf8)) return text::toLower(utf8);
  const std::string clean = sanitizeUtf8(utf8);
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UCaseMap, Close> map(ucasemap_open("", U_FOLD_CASE_DEFAULT, &error));
  if (U_FAILURE(error) || clean.size() > INT32_MAX / 4) return clean;
  std::string out(clean.size() + clean.size() / 2 + 8, '\0');
  for (int attempt = 0; attempt < 2; ++attempt) {
    error = U_ZERO_ERROR;
    const int32_t n = ucasemap_utf8FoldCase(map.get(), out.data(), static_cast<int32_t>(out.size()), clean.data(),
                                            static_cast<int32_t>(clean.size()), &error);
    if (error != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(error)) return clean;
    const bool fits = static_cast<size_t>(n) <= out.size();
    out.resize(static_cast<size_t>(n));
    if (fits) break;
  }
  return out;
}

}  // namespace ph::charset
