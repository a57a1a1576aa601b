// xtext: xchar / hexchar, hexchar = "+" 2(upper-case hexadecimal digit). RFC 3461 4.
#include "ph/smtp/parameters.hpp"
#include "ph/text/ascii.hpp"

namespace ph::smtp {

Result<std::string> decodeXtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c < '!' || c > '~' || c == '=') return Error{Kind::Invalid, "character not allowed in xtext"};
    if (c != '+') {
      out += c;
      continue;
    }
    if (text.size() - i < 3) return Error{Kind::Invalid, "incomplete hexchar in xtext"};
    const int high = text::hexValue(text[i + 1]);
    const int low = text::hexValue(text[i + 2]);
    if (high < 0 || low < 0) return Error{Kind::Invalid, "invalid hexchar in xtext"};
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string encodeXtext(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    if (c >= '!' && c <= '~' && c != '+' && c != '=') {
      out += c;
    } else {
      const auto b = static_cast<unsigned char>(c);
      out += '+';
      out += kHex[b >> 4];
      out += kHex[b & 15];
    }
  }
  return out;
}

}  // namespace ph::smtp
