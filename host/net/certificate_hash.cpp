#include "net/certificate_hash.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "net/certificates.hpp"

namespace posthouse::net {

std::string endPointHash(SSL* ssl) {
  X509* certificate = SSL_get_certificate(ssl);
  if (!certificate) return {};
  int digest = NID_undef;
  int key = NID_undef;
  OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, &key);
  const EVP_MD* md = EVP_get_digestbynid(digest);
  if (!md || digest == NID_md5 || digest == NID_sha1) md = EVP_sha256();
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  if (X509_digest(certificate, md, out, &n) != 1) return {};
  return {reinterpret_cast<const char*>(out), n};
}

std::string keyFingerprint(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return {};
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned n = 0;
  EVP_Digest(der, static_cast<size_t>(size), hash, &n, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < n; ++i) {
    out += kHex[hash[i] >> 4];
    out += kHex[hash[i] & 15];
  }
  return out;
}

ph::Result<std::string> keyFingerprintOfFile(const std::string& file) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_file(file.c_str(), "r"), BIO_free);
  if (!in) return ph::Error{ph::Kind::NotFound, file + ": " + sslErrors()};
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr),
                                                                X509_free);
  if (!certificate) return ph::Error{ph::Kind::Invalid, file + " holds no certificate in PEM form"};
  return keyFingerprint(certificate.get());
}

}  // namespace posthouse::net
