#include "dns/name.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace posthouse::dns {
namespace {

constexpr size_t kMaxLabel = 63;
constexpr size_t kMaxName = 255;

bool plain(unsigned char c) {
  return c > 0x20 && c < 0x7f && c != '.' && c != '\\';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

// One octet of a label, written as itself or as \DDD. Nothing: neither.
std::optional<char> takeOctet(std::string_view text, size_t* at) {
  const char c = text[*at];
  if (plain(static_cast<unsigned char>(c))) {
    ++*at;
    return c;
  }
  if (c != '\\' || *at + 3 >= text.size()) return std::nullopt;
  const std::string_view digits = text.substr(*at + 1, 3);
  if (!std::all_of(digits.begin(), digits.end(), isDigit)) return std::nullopt;
  const int value = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
  if (value > 255) return std::nullopt;
  *at += 4;
  return static_cast<char>(value);
}

std::string reverseV4(const unsigned char* bytes) {
  std::string out;
  for (int i = 3; i >= 0; --i) out += std::to_string(bytes[i]) + ".";
  return out + "in-addr.arpa";
}

}  // namespace

std::optional<std::string> wireName(std::string_view text) {
  if (text == ".") return std::string(1, '\0');
  std::string out;
  std::string label;
  const auto endLabel = [&] {
    if (label.empty() || label.size() > kMaxLabel) return false;
    out += static_cast<char>(label.size());
    out += label;
    label.clear();
    return out.size() < kMaxName;
  };
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '.') {
      if (!endLabel()) return std::nullopt;
      ++i;
      continue;
    }
    const auto octet = takeOctet(text, &i);
    if (!octet) return std::nullopt;
    label += lower(*octet);
  }
  if (!endLabel()) return std::nullopt;
  out += '\0';
  return out;
}

std::optional<std::string> textName(std::string_view wire) {
  if (wire.empty() || wire.size() > kMaxName) return std::nullopt;
  std::string out;
  size_t at = 0;
  while (wire[at] != '\0') {
    const auto size = static_cast<unsigned char>(wire[at]);
    if (size > kMaxLabel || at + 1 + size >= wire.size()) return std::nullopt;
    if (!out.empty()) out += '.';
    for (const char c : wire.substr(at + 1, size)) {
      const auto octet = static_cast<unsigned char>(c);
      if (plain(octet)) {
        out += lower(c);
      } else {
        out += {'\\', static_cast<char>('0' + octet / 100), static_cast<char>('0' + octet / 10 % 10),
                static_cast<char>('0' + octet % 10)};
      }
    }
    at += 1 + size;
  }
  if (at + 1 != wire.size()) return std::nullopt;
  return out.empty() ? "." : out;
}

std::optional<std::string> normaliseName(std::string_view text) {
  const auto wire = wireName(text);
  return wire ? textName(*wire) : std::nullopt;
}

std::optional<std::string> reverseName(std::string_view ip) {
  const std::string text(ip);
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return reverseV4(bytes.data());
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) return reverseV4(bytes.data() + 12);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (size_t i = bytes.size(); i-- > 0;) {
    out += {kHex[bytes[i] & 15], '.', kHex[bytes[i] >> 4], '.'};
  }
  return out + "ip6.arpa";
}

}  // namespace posthouse::dns
