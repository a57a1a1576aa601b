// A private key to sign with. PKCS #8 in PEM is how it is kept.
// Threads: read-only, any. RFC 6376 3.3, RFC 8301 3.1, RFC 8463 3.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dkim/algorithm.hpp"
#include "dkim/public_key.hpp"
#include "ph/result.hpp"

namespace ph_mailauth::dkim {

class PrivateKey {
 public:
  static ph::Result<PrivateKey> generate(KeyType type, int rsaBits = 2048);
  // PEM, PKCS #8 or (RSA) PKCS #1, without passphrase. Invalid: something else, or RSA below 1024 bits.
  static ph::Result<PrivateKey> fromPem(std::string_view pem);
  // The 32 octets of an Ed25519 key, RFC 8032 5.1.5.
  static ph::Result<PrivateKey> fromSeed(std::string_view seed);

  KeyType type() const { return type_; }
  Algorithm algorithm() const { return type_ == KeyType::Rsa ? Algorithm::RsaSha256 : Algorithm::Ed25519Sha256; }
  std::string pem() const;
  // What p= says.
  std::string publicBytes() const;
  // `data`: not yet hashed.
  ph::Result<std::string> sign(std::string_view data) const;

 private:
  KeyType type_ = KeyType::Rsa;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace ph_mailauth::dkim
