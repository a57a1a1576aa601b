#include "dns/ip.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace ph_mailauth {

std::optional<Ip> Ip::parseV4(std::string_view text) {
  Ip ip;
  return inet_pton(AF_INET, std::string(text).c_str(), ip.bytes.data()) == 1 ? std::optional(ip) : std::nullopt;
}

std::optional<Ip> Ip::parseV6(std::string_view text) {
  Ip ip;
  ip.v6 = true;
  return inet_pton(AF_INET6, std::string(text).c_str(), ip.bytes.data()) == 1 ? std::optional(ip) : std::nullopt;
}

std::optional<Ip> Ip::parse(std::string_view text) {
  if (text.find('\0') != text.npos) return std::nullopt;
  if (const auto v4 = parseV4(text)) return v4;
  auto ip = parseV6(text);
  if (!ip) return ip;
  static constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!std::equal(kMapped.begin(), kMapped.end(), ip->bytes.begin())) return ip;
  Ip v4;
  std::copy_n(ip->bytes.begin() + kMapped.size(), 4, v4.bytes.begin());
  return v4;
}

std::string Ip::text() const {
  char buffer[INET6_ADDRSTRLEN] = {};
  return inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), buffer, sizeof buffer) ? buffer : "";
}

std::string Ip::reversed() const {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (unsigned i = bits() / 8; i-- > 0;) {
    if (!out.empty()) out += '.';
    if (v6) {
      out += kHex[bytes[i] & 15];
      out += '.';
      out += kHex[bytes[i] >> 4];
    } else {
      out += std::to_string(bytes[i]);
    }
  }
  return out;
}

bool Ip::sharesPrefix(const Ip& other, unsigned prefix) const {
  if (v6 != other.v6) return false;
  for (unsigned i = 0; i < prefix && i < bits(); i += 8) {
    const unsigned left = std::min(prefix - i, 8U);
    const auto mask = static_cast<uint8_t>(0xff00U >> left);
    if ((bytes[i / 8] & mask) != (other.bytes[i / 8] & mask)) return false;
  }
  return true;
}

std::optional<Network> Network::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto base = Ip::parse(text.substr(0, slash));
  if (!base) return std::nullopt;
  Network n{*base, base->bits()};
  if (slash == text.npos) return n;
  const auto length = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), n.prefix);
  if (error != std::errc() || end != length.data() + length.size() || n.prefix > base->bits()) return std::nullopt;
  return n;
}

}  // namespace ph_mailauth
