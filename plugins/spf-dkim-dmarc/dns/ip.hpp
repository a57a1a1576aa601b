// IP addresses and networks as values. An IPv4 address mapped into IPv6 is the IPv4 address (RFC 7208 5).
// Threads: plain values. RFC 4291 2.2, RFC 5952.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ph_mailauth {

struct Ip {
  bool v6 = false;
  std::array<uint8_t, 16> bytes{};  // the first 4 when not v6

  static std::optional<Ip> parse(std::string_view text);
  static std::optional<Ip> parseV4(std::string_view text);
  static std::optional<Ip> parseV6(std::string_view text);  // mapped addresses stay IPv6 here

  unsigned bits() const { return v6 ? 128 : 32; }
  std::string text() const;
  // The name to ask PTR about, also with lists: "9.2.0.192" + suffix, or 32 nibbles (RFC 5782 2.1, 2.4).
  std::string reversed() const;
  // Whether the first `prefix` bits are equal; never between the two kinds.
  bool sharesPrefix(const Ip& other, unsigned prefix) const;
  bool operator==(const Ip&) const = default;
};

struct Network {
  Ip base;
  unsigned prefix = 0;

  // "192.0.2.0/24", "2001:db8::/32", or one address.
  static std::optional<Network> parse(std::string_view text);
  bool contains(const Ip& ip) const { return base.sharesPrefix(ip, prefix); }
};

}  // namespace ph_mailauth
