#include "dkim/digest.hpp"

namespace ph_mailauth::dkim {

const EVP_MD* md(Hash hash) {
  // A fetch walks through OpenSSL's providers: once is enough.
  static EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return hash == Hash::Sha1 ? sha1 : sha256;
}

std::string digestOf(Hash hash, std::string_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(data.data(), data.size(), out, &size, md(hash), nullptr);
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace ph_mailauth::dkim
