// An IP address and port. A value type.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace posthouse::net {

class Address {
 public:
  Address() = default;
  Address(const sockaddr* a, socklen_t n);
  // "127.0.0.1:25", "[::1]:25"; nothing when malformed. No names.
  static std::optional<Address> parse(std::string_view text);

  const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  int family() const { return storage_.ss_family; }
  uint16_t port() const;
  void setPort(uint16_t port);
  std::array<uint8_t, 16> bytes() const;  // IPv4 as IPv4-mapped IPv6; zeros when it is neither
  std::string ip() const;                 // textual; IPv4-mapped addresses as IPv4
  std::string text() const;               // with port

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

}  // namespace posthouse::net
