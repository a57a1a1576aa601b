// ASCII helpers of the mail grammars: case, blanks, equality. Locale is never consulted.
// Threads: pure functions. RFC 5234 appendix B.1 (character classes).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ph::text {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}
constexpr bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool isAlpha(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}
constexpr bool isBlank(char c) {
  return c == ' ' || c == '\t';
}
constexpr bool isSpace(char c) {
  return isBlank(c) || c == '\r' || c == '\n';
}
constexpr bool isUtf8Byte(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

// The value of a hexadecimal digit, or -1.
constexpr int hexValue(char c) {
  if (isDigit(c)) return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

constexpr bool equalsNoCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

constexpr bool startsWithNoCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equalsNoCase(text.substr(0, prefix.size()), prefix);
}

// Without leading and trailing space, tab, CR and LF.
constexpr std::string_view trim(std::string_view s) {
  while (!s.empty() && isSpace(s.front())) s.remove_prefix(1);
  while (!s.empty() && isSpace(s.back())) s.remove_suffix(1);
  return s;
}

inline std::string toLower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = lower(c);
  return out;
}

inline std::string toUpper(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = upper(c);
  return out;
}

constexpr bool isAscii(std::string_view s) {
  for (const char c : s) {
    if (isUtf8Byte(c)) return false;
  }
  return true;
}

}  // namespace ph::text
