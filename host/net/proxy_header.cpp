#include "net/proxy_header.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace posthouse::net {
namespace {

using State = ProxyHeader::State;
constexpr std::string_view kSignature1 = "PROXY ";
constexpr std::string_view kSignature2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kMaxLine = 107;  // with CRLF
constexpr size_t kHead = 16;

ProxyHeader invalid() {
  return {State::Invalid, 0, {}, {}};
}

std::optional<uint16_t> portOf(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool leadingZero = text.size() > 1 && text[0] == '0';
  if (text.empty() || leadingZero || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::optional<Address> addressOf(bool v6, std::string_view ip, std::string_view port) {
  const auto number = portOf(port);
  // A bracket would make Address::parse see something else than the proxy wrote.
  if (!number || ip.empty() || ip.front() == '[' || (ip.find(':') != std::string_view::npos) != v6) return std::nullopt;
  auto a = Address::parse(v6 ? "[" + std::string(ip) + "]:0" : std::string(ip) + ":0");
  if (a) a->setPort(*number);
  return a;
}

// "PROXY TCP4 192.0.2.1 198.51.100.1 56324 25\r\n"; fields are separated by exactly one space.
ProxyHeader parseLine(std::string_view bytes) {
  const size_t end = bytes.substr(0, kMaxLine).find('\n');
  if (end == std::string_view::npos) {
    if (bytes.size() >= kMaxLine) return invalid();
    return {State::More, 0, {}, {}};
  }
  if (end == 0 || bytes[end - 1] != '\r') return invalid();
  const std::string_view line = bytes.substr(kSignature1.size(), end - 1 - kSignature1.size());
  std::vector<std::string_view> words;
  for (size_t at = 0; at <= line.size();) {
    const size_t blank = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, blank - at));
    at = blank + 1;
  }
  // What follows UNKNOWN is to be ignored.
  if (words[0] == "UNKNOWN") return {State::Own, end + 1, {}, {}};
  const bool v6 = words[0] == "TCP6";
  if ((!v6 && words[0] != "TCP4") || words.size() != 5) return invalid();
  const auto source = addressOf(v6, words[1], words[3]);
  const auto destination = addressOf(v6, words[2], words[4]);
  if (!source || !destination) return invalid();
  return {State::Client, end + 1, *source, *destination};
}

uint16_t number(std::string_view bytes, size_t at) {
  return static_cast<uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 | static_cast<unsigned char>(bytes[at + 1]));
}

Address v4(std::string_view bytes, size_t ip, size_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  std::memcpy(&a.sin_addr, bytes.data() + ip, 4);
  a.sin_port = htons(number(bytes, port));
  return Address(reinterpret_cast<const sockaddr*>(&a), sizeof a);
}

Address v6(std::string_view bytes, size_t ip, size_t port) {
  sockaddr_in6 a{};
  a.sin6_family = AF_INET6;
  std::memcpy(&a.sin6_addr, bytes.data() + ip, 16);
  a.sin6_port = htons(number(bytes, port));
  return Address(reinterpret_cast<const sockaddr*>(&a), sizeof a);
}

ProxyHeader parseBinary(std::string_view bytes) {
  if (bytes.size() < kHead) return {State::More, 0, {}, {}};
  const auto versionAndCommand = static_cast<unsigned char>(bytes[12]);
  const auto family = static_cast<unsigned char>(bytes[13]);
  const size_t size = kHead + number(bytes, 14);
  if (versionAndCommand != 0x20 && versionAndCommand != 0x21) return invalid();
  if (size > kMaxProxyHeader) return invalid();
  if (bytes.size() < size) return {State::More, 0, {}, {}};
  if (versionAndCommand == 0x20) return {State::Own, size, {}, {}};
  // TCP over IPv4 and IPv6; a family that is none, or none that mail comes over, says nothing of the client.
  if (family == 0x11) {
    if (size < kHead + 12) return invalid();
    return {State::Client, size, v4(bytes, 16, 24), v4(bytes, 20, 26)};
  }
  if (family == 0x21) {
    if (size < kHead + 36) return invalid();
    return {State::Client, size, v6(bytes, 16, 48), v6(bytes, 32, 50)};
  }
  if (family == 0x00) return {State::Own, size, {}, {}};
  return invalid();
}

bool begins(std::string_view bytes, std::string_view signature) {
  const size_t n = std::min(bytes.size(), signature.size());
  return bytes.substr(0, n) == signature.substr(0, n);
}

}  // namespace

ProxyHeader parseProxyHeader(std::string_view bytes) {
  if (begins(bytes, kSignature1)) return bytes.size() < kSignature1.size() ? ProxyHeader{} : parseLine(bytes);
  if (begins(bytes, kSignature2)) return bytes.size() < kSignature2.size() ? ProxyHeader{} : parseBinary(bytes);
  return invalid();
}

}  // namespace posthouse::net
