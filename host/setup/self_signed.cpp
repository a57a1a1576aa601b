#include "setup/self_signed.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>

#include "setup/account_files.hpp"

namespace posthouse::setup {
namespace {

constexpr long kValidSeconds = 4L * 366 * 86400;

template <class T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* p) const { Free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509, X509_free>>;
struct BioDeleter {
  void operator()(BIO* b) const { BIO_free(b); }
};
using Bio = std::unique_ptr<BIO, BioDeleter>;

bool addExtension(X509* x, int nid, const std::string& value) {
  X509V3_CTX ctx;
  X509V3_set_ctx_nodb(&ctx);
  X509V3_set_ctx(&ctx, x, x, nullptr, nullptr, 0);
  X509_EXTENSION* e = X509V3_EXT_conf_nid(nullptr, &ctx, nid, value.c_str());
  const bool ok = e && X509_add_ext(x, e, -1) == 1;
  X509_EXTENSION_free(e);
  return ok;
}

std::string textOf(BIO* b) {
  char* p = nullptr;
  const long n = BIO_get_mem_data(b, &p);
  return {p, static_cast<size_t>(n)};
}

}  // namespace

ph::Status writeSelfSigned(const std::string& name, const std::string& certificateFile, const std::string& keyFile) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate x(X509_new());
  if (!key || !x) return ph::Error{ph::Kind::Temporary, "out of memory"};
  X509_set_version(x.get(), X509_VERSION_3);
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(x.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x.get()), kValidSeconds);
  X509_set_pubkey(x.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(x.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(x.get(), subject);
  if (!addExtension(x.get(), NID_basic_constraints, "critical,CA:TRUE") ||
      !addExtension(x.get(), NID_subject_alt_name, "DNS:" + name + ",IP:127.0.0.1,IP:::1") ||
      X509_sign(x.get(), key.get(), EVP_sha256()) == 0) {
    return ph::Error{ph::Kind::Bug, "the certificate could not be made"};
  }
  const Bio certificate(BIO_new(BIO_s_mem()));
  const Bio pem(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate.get(), x.get());
  PEM_write_bio_PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  if (auto s = writeNewFile(keyFile, textOf(pem.get())); !s) return s;
  return writeNewFile(certificateFile, textOf(certificate.get()));
}

}  // namespace posthouse::setup
