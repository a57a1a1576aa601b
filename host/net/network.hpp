// A range of IP addresses: "10.0.0.0/8", "2001:db8::/32", "192.0.2.1". A value type, usable as a key.
// IPv4 lies in the IPv6 space as ::ffff:0:0/96, so that a mapped address and the IPv4 one are the same.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/address.hpp"

namespace posthouse::net {

class Network {
 public:
  Network() = default;
  // The first `bits` (of 128) of the address.
  Network(const Address& address, unsigned bits);
  // Nothing when malformed. Bits beyond the prefix do not count.
  static std::optional<Network> parse(std::string_view text);

  bool contains(const Address& address) const { return Network(address, bits_) == *this; }
  bool isV4() const;
  std::string text() const;
  const std::array<uint8_t, 16>& bytes() const { return bytes_; }
  unsigned bits() const { return bits_; }
  friend bool operator==(const Network& a, const Network& b) { return a.bits_ == b.bits_ && a.bytes_ == b.bytes_; }

 private:
  std::array<uint8_t, 16> bytes_{};
  unsigned bits_ = 0;
};

// For hash tables that strangers fill: with a key of this process, so that nobody can aim at one bucket.
struct NetworkHash {
  size_t operator()(const Network& n) const;
};

// An IP address of this very machine.
bool isLoopback(const std::string& ip);

}  // namespace posthouse::net
