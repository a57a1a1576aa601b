// Keys of SCRAM (RFC 5802 3): SaltedPassword is PBKDF2 with HMAC.
#include "ph/sasl/scram_keys.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace ph::sasl {

namespace {
const EVP_MD* algorithm(ScramHash hash) {
  return hash == ScramHash::Sha1 ? EVP_sha1() : EVP_sha256();
}
const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
}  // namespace

std::string hmac(ScramHash hash, std::string_view key, std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  HMAC(algorithm(hash), key.data(), static_cast<int>(key.size()), bytes(text), text.size(), out, &n);
  return {reinterpret_cast<const char*>(out), n};
}

std::string digest(ScramHash hash, std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  EVP_Digest(text.data(), text.size(), out, &n, algorithm(hash), nullptr);
  return {reinterpret_cast<const char*>(out), n};
}

bool equalSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string saltPassword(ScramHash hash, std::string_view password, std::string_view salt, unsigned iterations) {
  const auto* md = algorithm(hash);
  std::string salted(static_cast<std::size_t>(EVP_MD_get_size(md)), '\0');
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes(salt), static_cast<int>(salt.size()),
                    static_cast<int>(iterations), md, static_cast<int>(salted.size()),
                    reinterpret_cast<unsigned char*>(salted.data()));
  return salted;
}

ScramVerifier deriveScram(ScramHash hash, std::string_view password, std::string salt, unsigned iterations) {
  std::string salted = saltPassword(hash, password, salt, iterations);
  ScramVerifier v;
  v.storedKey = digest(hash, hmac(hash, salted, "Client Key"));
  v.serverKey = hmac(hash, salted, "Server Key");
  v.salt = std::move(salt);
  v.iterations = iterations;
  OPENSSL_cleanse(salted.data(), salted.size());
  return v;
}

}  // namespace ph::sasl
