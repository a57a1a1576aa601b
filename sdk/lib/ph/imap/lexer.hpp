// Character classes of the IMAP grammar. Threads: pure functions. RFC 9051 9.
#pragma once

#include <string_view>

namespace ph::imap {

constexpr bool isCtl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// ATOM-CHAR: any CHAR but atom-specials ( ) { SP CTL % * " \ ].
constexpr bool isAtomChar(char c) {
  if (isCtl(c) || static_cast<unsigned char>(c) >= 0x80) return false;
  return std::string_view("(){ %*\"\\]").find(c) == std::string_view::npos || c == '}';
}

// ASTRING-CHAR = ATOM-CHAR / resp-specials
constexpr bool isAstringChar(char c) {
  return isAtomChar(c) || c == ']';
}
// tag = 1*<any ASTRING-CHAR except "+">
constexpr bool isTagChar(char c) {
  return isAstringChar(c) && c != '+';
}
// list-char = ATOM-CHAR / list-wildcards / resp-specials
constexpr bool isListChar(char c) {
  return isAstringChar(c) || c == '%' || c == '*';
}

}  // namespace ph::imap
