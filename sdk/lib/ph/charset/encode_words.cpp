// Encoding of header text as encoded words, base64 or Q, whichever is shorter.
#include <algorithm>

#include "ph/charset/convert.hpp"
#include "ph/charset/words.hpp"
#include "ph/text/ascii.hpp"

namespace ph::charset {
namespace {

// Of the text in "=?utf-8?B?" "?=". A word may have 75 bytes, but a line with encoded words only 76 (RFC 2047 2): 64
// leaves room for the field name before the first.
constexpr size_t kMaxEncoded = 64 - 12;

bool isQLiteral(char c) {  // RFC 2047 5 (3), the set that is safe in phrases too
  return text::isAlpha(c) || text::isDigit(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

size_t qLength(char c) {
  return isQLiteral(c) || c == ' ' ? 1 : 3;
}

std::string base64(std::string_view in) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < in.size(); i += 3) {
    const size_t n = std::min<size_t>(3, in.size() - i);
    uint32_t v = 0;
    for (size_t k = 0; k < 3; ++k) v = v << 8 | (k < n ? static_cast<unsigned char>(in[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) out += k <= n ? kAlphabet[(v >> (18 - 6 * k)) & 63] : '=';
  }
  return out;
}

std::string quoted(std::string_view in) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : in) {
    const auto u = static_cast<unsigned char>(c);
    if (c == ' ') {
      out += '_';
    } else if (isQLiteral(c)) {
      out += c;
    } else {
      out += {'=', kHex[u >> 4], kHex[u & 15]};
    }
  }
  return out;
}

std::string encodeAll(std::string_view utf8) {
  size_t q = 0;
  for (const char c : utf8) q += qLength(c);
  const bool useQ = q <= (utf8.size() + 2) / 3 * 4;
  std::string out;
  size_t pos = 0;
  while (pos < utf8.size()) {
    size_t end = pos;
    size_t length = 0;
    while (end < utf8.size()) {
      size_t next = end + 1;  // whole characters only (RFC 2047 5)
      while (next < utf8.size() && (static_cast<unsigned char>(utf8[next]) & 0xC0) == 0x80) ++next;
      size_t nextLength = length;
      if (useQ) {
        for (size_t i = end; i < next; ++i) nextLength += qLength(utf8[i]);
      } else {
        nextLength = (next - pos + 2) / 3 * 4;
      }
      if (nextLength > kMaxEncoded) break;
      end = next;
      length = nextLength;
    }
    const std::string_view piece = utf8.substr(pos, end - pos);
    if (!out.empty()) out += ' ';
    out += useQ ? "=?utf-8?Q?" + quoted(piece) + "?=" : "=?utf-8?B?" + base64(piece) + "?=";
    pos = end;
  }
  return out;
}

bool isPrintable(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

bool isAtext(char c) {
  return text::isAlpha(c) || text::isDigit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

}  // namespace

std::string encodeWords(std::string_view utf8Text) {
  if (isPrintable(utf8Text) && utf8Text.find("=?") == std::string_view::npos) return std::string(utf8Text);
  return encodeAll(sanitizeUtf8(utf8Text));
}

std::string encodePhrase(std::string_view utf8Text) {
  if (!isPrintable(utf8Text) || utf8Text.find("=?") != std::string_view::npos) {
    return encodeAll(sanitizeUtf8(utf8Text));
  }
  const bool atoms = !utf8Text.empty() && utf8Text.front() != ' ' && utf8Text.back() != ' ' &&
                     utf8Text.find("  ") == std::string_view::npos &&
                     std::all_of(utf8Text.begin(), utf8Text.end(), [](char c) { return isAtext(c) || c == ' '; });
  if (atoms) return std::string(utf8Text);
  std::string out = "\"";
  for (const char c : utf8Text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

}  // namespace ph::charset
