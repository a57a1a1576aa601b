// ASCII letters without locale: what protocol keywords need.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace ph::text {

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isAlpha(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
constexpr bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
constexpr bool isAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool equalsIgnoreCase(std::string_view a, std::string_view b);
std::string upperCase(std::string_view s);

}  // namespace ph::text
