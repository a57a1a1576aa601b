#include "accounts/totp.hpp"

#include <openssl/crypto.h>

#include <cstdio>

#include "ph/sasl/scram_keys.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::accounts {
namespace {

constexpr size_t kDigits = 6;
constexpr uint32_t kModulus = 1'000'000;

std::string percent(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (ph::text::isAlpha(c) || ph::text::isDigit(c) || c == '.' || c == '-' || c == '_' || c == '@') {
      out += c;
    } else {
      const auto u = static_cast<unsigned char>(c);
      out.append("%").append(1, kHex[u >> 4]).append(1, kHex[u & 15]);
    }
  }
  return out;
}

}  // namespace

std::string hotp(std::string_view secret, uint64_t counter) {
  std::string bytes(8, '\0');
  for (size_t i = 8; i-- > 0; counter >>= 8) bytes[i] = static_cast<char>(counter & 0xff);
  const std::string mac = ph::sasl::hmac(ph::sasl::ScramHash::Sha1, secret, bytes);
  const size_t offset = static_cast<unsigned char>(mac[19]) & 15u;  // RFC 4226 5.3
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(mac[offset + i]);
  char out[16];
  std::snprintf(out, sizeof out, "%06u", (number & 0x7fffffffu) % kModulus);
  return out;
}

std::optional<int64_t> totpStep(std::string_view secret, std::string_view code, int64_t now, int64_t lastStep) {
  if (code.size() != kDigits) return std::nullopt;
  const int64_t current = now / kTotpStep;
  std::optional<int64_t> found;
  for (int64_t step = current - 1; step <= current + 1; ++step) {
    const std::string wanted = hotp(secret, static_cast<uint64_t>(step));
    if (CRYPTO_memcmp(wanted.data(), code.data(), kDigits) == 0 && step > lastStep) found = step;
  }
  return found;
}

std::string base32(std::string_view bytes) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 5; count -= 5) out += kAlphabet[bits >> (count - 5) & 31];
  }
  if (count > 0) out += kAlphabet[bits << (5 - count) & 31];
  return out;
}

std::string totpUri(std::string_view secret, std::string_view account, std::string_view issuer) {
  return "otpauth://totp/" + percent(issuer) + ":" + percent(account) + "?secret=" + base32(secret) +
         "&issuer=" + percent(issuer);
}

}  // namespace posthouse::accounts
