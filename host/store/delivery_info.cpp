// Networks of addresses, see delivery_info.hpp.
#include "store/delivery_info.hpp"

#include <arpa/inet.h>

#include <array>

namespace posthouse::store {
namespace {

void clearAfter(unsigned char* bytes, int size, int bits) {
  for (int i = 0; i < size; ++i) {
    const int left = bits - 8 * i;
    if (left <= 0) {
      bytes[i] = 0;
    } else if (left < 8) {
      bytes[i] = static_cast<unsigned char>(bytes[i] & (0xff << (8 - left)));
    }
  }
}

}  // namespace

bool isValidated(Validation validation) {
  return validation == Validation::Strict || validation == Validation::Dmarc || validation == Validation::Relaxed ||
         validation == Validation::Pass;
}

std::string maskedIp(std::string_view ip, int level) {
  constexpr std::string_view kMapped = "::ffff:";
  constexpr std::array kBits4 = {32, 26, 21};
  constexpr std::array kBits6 = {64, 48, 32};
  if (level < 1 || level > 3) return {};
  if (ip.substr(0, kMapped.size()) == kMapped && ip.find('.') != std::string_view::npos)
    ip.remove_prefix(kMapped.size());
  const std::string text(ip);
  unsigned char bytes[16];
  char out[INET6_ADDRSTRLEN];
  const auto index = static_cast<std::size_t>(level - 1);
  if (inet_pton(AF_INET, text.c_str(), bytes) == 1) {
    clearAfter(bytes, 4, kBits4[index]);
    return inet_ntop(AF_INET, bytes, out, sizeof out);
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes) == 1) {
    clearAfter(bytes, 16, kBits6[index]);
    return inet_ntop(AF_INET6, bytes, out, sizeof out);
  }
  return {};
}

}  // namespace posthouse::store
