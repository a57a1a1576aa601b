#include "net/network.hpp"

#include <arpa/inet.h>

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace posthouse::net {
namespace {
constexpr unsigned kV4Offset = 96;
}

Network::Network(const Address& address, unsigned bits) : bytes_(address.bytes()), bits_(std::min(bits, 128u)) {
  for (unsigned i = bits_; i < 128; ++i) bytes_[i / 8] &= static_cast<uint8_t>(~(0x80u >> i % 8));
}

std::optional<Network> Network::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string ip(text.substr(0, slash));
  const bool v6 = ip.find(':') != std::string::npos;
  const auto address = Address::parse(v6 ? "[" + ip + "]:0" : ip + ":0");
  if (!address) return std::nullopt;
  const unsigned most = v6 ? 128 : 32;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || bits > most) {
      return std::nullopt;
    }
  }
  return Network(*address, v6 ? bits : kV4Offset + bits);
}

bool Network::isV4() const {
  static constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return bits_ >= kV4Offset && std::equal(kMapped.begin(), kMapped.end(), bytes_.begin());
}

size_t NetworkHash::operator()(const Network& n) const {
  static const auto kKey = [] {
    std::array<unsigned char, crypto_shorthash_KEYBYTES> key{};
    randombytes_buf(key.data(), key.size());
    return key;
  }();
  std::array<unsigned char, 17> in{};
  std::copy(n.bytes().begin(), n.bytes().end(), in.begin());
  in[16] = static_cast<unsigned char>(n.bits());
  uint64_t out = 0;
  static_assert(sizeof out == crypto_shorthash_BYTES);
  crypto_shorthash(reinterpret_cast<unsigned char*>(&out), in.data(), in.size(), kKey.data());
  return out;
}

std::string Network::text() const {
  char buffer[INET6_ADDRSTRLEN] = "";
  if (isV4()) {
    inet_ntop(AF_INET, bytes_.data() + 12, buffer, sizeof buffer);
  } else {
    inet_ntop(AF_INET6, bytes_.data(), buffer, sizeof buffer);
  }
  return std::string(buffer) + "/" + std::to_string(isV4() ? bits_ - 96 : bits_);
}

bool isLoopback(const std::string& ip) {
  static const auto kLoopback = Network::parse("127.0.0.0/8");
  if (ip == "::1") return true;
  const auto address = Address::parse(ip + ":0");
  return address && kLoopback->contains(*address);
}

}  // namespace posthouse::net
