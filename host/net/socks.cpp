#include "net/socks.hpp"

#include <arpa/inet.h>

#include <array>

namespace posthouse::net {
namespace {

using namespace std::string_view_literals;
constexpr char kVersion = 5, kConnect = 1, kIpv4 = 1, kName = 3, kIpv6 = 4;

// RFC 1928 6.
const char* reason(uint8_t code) {
  static constexpr std::array<const char*, 9> kReasons = {
      "succeeded",          "general failure", "not allowed",           "network unreachable",       "host unreachable",
      "connection refused", "TTL expired",     "command not supported", "address type not supported"};
  return code < kReasons.size() ? kReasons[code] : "unknown reply";
}

}  // namespace

SocksDialogue::SocksDialogue(std::string_view host, uint16_t port) {
  request_.append({kVersion, kConnect, 0});
  std::array<char, 16> ip{};
  const std::string text(host);
  if (inet_pton(AF_INET, text.c_str(), ip.data()) == 1) {
    request_.append({kIpv4}).append(ip.data(), 4);
  } else if (inet_pton(AF_INET6, text.c_str(), ip.data()) == 1) {
    request_.append({kIpv6}).append(ip.data(), 16);
  } else {
    request_.append({kName, static_cast<char>(host.size())}).append(host);
  }
  request_.append({static_cast<char>(port >> 8), static_cast<char>(port)});
}

std::string_view SocksDialogue::greeting() const {
  return "\x05\x01\x00"sv;
}

SocksDialogue::State SocksDialogue::fail(std::string why) {
  error_ = "proxy: " + std::move(why);
  return State::Failed;
}

SocksDialogue::State SocksDialogue::take(std::string_view input, size_t* consumed, std::string* reply) {
  *consumed = 0;
  if (!greeted_) {
    if (input.size() < 2) return State::More;
    if (input[0] != kVersion) return fail("it does not speak SOCKS 5");
    if (input[1] != 0) return fail("it wants authentication");
    greeted_ = true;
    *consumed = 2;
    *reply = request_;
    return State::More;
  }
  if (input.size() < 2) return State::More;
  if (input[0] != kVersion) return fail("malformed reply");
  if (input[1] != 0) return fail(reason(static_cast<uint8_t>(input[1])));
  if (input.size() < 5) return State::More;
  size_t address = 0;
  switch (input[3]) {
    case kIpv4:
      address = 4;
      break;
    case kIpv6:
      address = 16;
      break;
    case kName:
      address = 1 + static_cast<uint8_t>(input[4]);
      break;
    default:
      return fail("malformed reply");
  }
  const size_t size = 4 + address + 2;
  if (input.size() < size) return State::More;
  *consumed = size;
  return State::Done;
}

}  // namespace posthouse::net
