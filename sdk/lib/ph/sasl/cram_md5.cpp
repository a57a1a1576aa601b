// CRAM-MD5 (RFC 2195 2). OpenSSL's own HMAC gives no way to keep the two states, hence its old MD5 functions.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "ph/sasl/cram_md5.hpp"

#include <openssl/md5.h>

#include <array>

#include "ph/sasl/scram_keys.hpp"
#include "ph/text/utf8.hpp"

namespace ph::sasl {

namespace {

using Digest = std::array<unsigned char, MD5_DIGEST_LENGTH>;

std::string stateAfter(const std::array<unsigned char, MD5_CBLOCK>& block) {
  MD5_CTX ctx;
  MD5_Init(&ctx);
  MD5_Update(&ctx, block.data(), block.size());
  std::string out;
  for (const MD5_LONG word : {ctx.A, ctx.B, ctx.C, ctx.D}) {
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(word >> shift & 0xff);
  }
  return out;
}

MD5_LONG wordAt(std::string_view state, std::size_t i) {
  MD5_LONG word = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    word |= static_cast<MD5_LONG>(static_cast<unsigned char>(state[i * 4 + k])) << (8 * k);
  }
  return word;
}

Digest finish(std::string_view state, std::string_view text) {
  MD5_CTX ctx;
  MD5_Init(&ctx);
  ctx.A = wordAt(state, 0);
  ctx.B = wordAt(state, 1);
  ctx.C = wordAt(state, 2);
  ctx.D = wordAt(state, 3);
  ctx.Nl = MD5_CBLOCK * 8;  // the bits that made the state
  MD5_Update(&ctx, text.data(), text.size());
  Digest out;
  MD5_Final(out.data(), &ctx);
  return out;
}

std::string hex(const Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char c : digest) {
    out += kDigits[c >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

}  // namespace

CramKey deriveCram(std::string_view password) {
  Digest hashed;
  if (password.size() > MD5_CBLOCK) {
    MD5(reinterpret_cast<const unsigned char*>(password.data()), password.size(), hashed.data());
    password = {reinterpret_cast<const char*>(hashed.data()), hashed.size()};
  }
  std::array<unsigned char, MD5_CBLOCK> inner;
  std::array<unsigned char, MD5_CBLOCK> outer;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const unsigned char key = i < password.size() ? static_cast<unsigned char>(password[i]) : 0;
    inner[i] = key ^ 0x36;
    outer[i] = key ^ 0x5c;
  }
  return {stateAfter(inner), stateAfter(outer)};
}

std::string cramDigest(const CramKey& key, std::string_view challenge) {
  const Digest inner = finish(key.inner, challenge);
  return hex(finish(key.outer, {reinterpret_cast<const char*>(inner.data()), inner.size()}));
}

Step CramMd5::step(std::optional<std::string_view> response) {
  const auto fail = [this](Failure::Why why, const char* text, std::string user = {}) {
    over_ = true;
    return Failure{why, text, std::move(user)};
  };
  if (over_) return fail(Failure::Why::Malformed, "authentication exchange is over");
  if (!asked_) {
    asked_ = true;
    if (response) return fail(Failure::Why::Malformed, "CRAM-MD5 has no initial response");
    return Challenge{challenge_};
  }
  const std::size_t blank = response ? response->rfind(' ') : std::string_view::npos;
  if (blank == std::string_view::npos || blank == 0 || !text::isUtf8(*response) ||
      response->find('\0') != std::string_view::npos) {
    return fail(Failure::Why::Malformed, "the response must be a user name and a digest");
  }
  std::string user(response->substr(0, blank));
  const auto key = lookup_(user);
  if (!key) return fail(Failure::Why::Unavailable, "logging in is not possible now", user);
  if (!equalSecret(response->substr(blank + 1), cramDigest(*key, challenge_))) {
    return fail(Failure::Why::Denied, "wrong user name or password", user);
  }
  over_ = true;
  return Proven{"", std::move(user)};
}

}  // namespace ph::sasl
