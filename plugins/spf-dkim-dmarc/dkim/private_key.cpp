#include "dkim/private_key.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "dkim/digest.hpp"

namespace ph_mailauth::dkim {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

ph::Error failed(const char* what) {
  ERR_clear_error();
  return {ph::Kind::Invalid, what};
}

// Keys are written without one; a key that wants one is not ours to open.
int noPassphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

ph::Result<PrivateKey> PrivateKey::generate(KeyType type, int rsaBits) {
  PrivateKey out;
  out.type_ = type;
  EVP_PKEY* key = type == KeyType::Rsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<size_t>(rsaBits))
                                       : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (!key) return failed("no key could be made");
  out.key_ = Pkey(key);
  return out;
}

ph::Result<PrivateKey> PrivateKey::fromPem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &noPassphrase, nullptr));
  if (!key) return failed("no private key in PEM form");
  PrivateKey out;
  if (EVP_PKEY_is_a(key.get(), "ED25519") == 1) {
    out.type_ = KeyType::Ed25519;
  } else if (EVP_PKEY_is_a(key.get(), "RSA") != 1) {
    return failed("the key is neither RSA nor Ed25519");
  } else if (EVP_PKEY_get_bits(key.get()) < kMinRsaBits) {
    return failed("the RSA key has less than 1024 bits");
  }
  out.key_ = std::move(key);
  return out;
}

ph::Result<PrivateKey> PrivateKey::fromSeed(std::string_view seed) {
  PrivateKey out;
  out.type_ = KeyType::Ed25519;
  EVP_PKEY* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                               reinterpret_cast<const unsigned char*>(seed.data()), seed.size());
  if (!key) return failed("no Ed25519 key");
  out.key_ = Pkey(key);
  return out;
}

std::string PrivateKey::pem() const {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

std::string PrivateKey::publicBytes() const {
  if (type_ == KeyType::Ed25519) {
    unsigned char raw[32];
    size_t size = sizeof raw;
    EVP_PKEY_get_raw_public_key(key_.get(), raw, &size);
    return {reinterpret_cast<const char*>(raw), size};
  }
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  std::string out(reinterpret_cast<const char*>(der), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(der);
  return out;
}

ph::Result<std::string> PrivateKey::sign(std::string_view data) const {
  // RFC 8463 3: with Ed25519 the hash is what is signed, and nothing hashes it first.
  const std::string hash = type_ == KeyType::Ed25519 ? digestOf(Hash::Sha256, data) : std::string();
  const std::string_view what = type_ == KeyType::Ed25519 ? std::string_view(hash) : data;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> ctx(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const EVP_MD* digest = type_ == KeyType::Ed25519 ? nullptr : md(Hash::Sha256);
  std::string out(static_cast<size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  size_t size = out.size();
  if (EVP_DigestSignInit(ctx.get(), nullptr, digest, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(ctx.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                     reinterpret_cast<const unsigned char*>(what.data()), what.size()) != 1) {
    return failed("signing failed");
  }
  out.resize(size);
  return out;
}

}  // namespace ph_mailauth::dkim
