// Content-Transfer-Encoding of generated parts.
#include "ph/mime/decode.hpp"

namespace ph::mime {

std::string encodeBase64(std::string_view in, bool lines) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve(in.size() / 3 * 4 + 8 + (lines ? in.size() / 28 : 0));
  for (size_t i = 0; i < in.size(); i += 3) {
    const size_t n = in.size() - i < 3 ? in.size() - i : 3;
    uint32_t v = 0;
    for (size_t k = 0; k < 3; ++k) v = v << 8 | (k < n ? static_cast<unsigned char>(in[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k) out += k <= n ? kAlphabet[v >> (18 - 6 * k) & 63] : '=';
    if (lines && ((i + 3) % 57 == 0 || i + 3 >= in.size())) out += "\r\n";  // RFC 2045 6.8: 76 characters
  }
  return out;
}

std::string encodeQuotedPrintable(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  size_t column = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool crlf = c == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (c == '\n' || crlf) {
      if (crlf) ++i;
      out += "\r\n";
      column = 0;
      continue;
    }
    const char after = i + 1 < text.size() ? text[i + 1] : '\n';
    const bool lineEnd = after == '\n' || (after == '\r' && (i + 2 >= text.size() || text[i + 2] == '\n'));
    const bool blank = c == ' ' || c == '\t';
    // A lone dot or "From " at a line start would be changed on its way by some transports.
    const bool fragile = column == 0 && (c == '.' || c == 'F');
    const bool plain = blank ? !lineEnd : c > ' ' && c < 0x7f && c != '=' && !fragile;
    const size_t width = plain ? 1 : 3;
    if (column + width > 75) {  // leaves room for the soft line break (RFC 2045 6.7 (5))
      out += "=\r\n";
      column = 0;
    }
    if (plain) {
      out += c;
    } else {
      const auto u = static_cast<unsigned char>(c);
      out += {'=', kHex[u >> 4], kHex[u & 15]};
    }
    column += width;
  }
  return out;
}

}  // namespace ph::mime
