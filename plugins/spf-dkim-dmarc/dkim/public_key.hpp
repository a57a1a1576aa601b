// A public key as a record gives it, ready to verify with; and a cache of them, because parsing costs more than using.
// Threads: a PublicKey is read-only; a KeyCache may be used from any thread. RFC 6376 3.3, RFC 8301 3.2, RFC 8463 3.
#pragma once

#include <openssl/evp.h>

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "dkim/record.hpp"
#include "ph/result.hpp"

namespace ph_mailauth::dkim {

struct FreePkey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Pkey = std::unique_ptr<EVP_PKEY, FreePkey>;

inline constexpr int kMinRsaBits = 1024;  // RFC 8301 3.2
inline constexpr int kMaxRsaBits = 4096;  // larger ones cost more than they prove

class PublicKey {
 public:
  // Invalid: `record` has no usable key. A key of a size that is not accepted is still one: see bits().
  static ph::Result<PublicKey> from(const Record& record);

  KeyType type() const { return type_; }
  int bits() const { return bits_; }
  // `data`: what was signed, not yet hashed.
  bool verify(Algorithm algorithm, std::string_view data, std::string_view signature) const;

 private:
  KeyType type_ = KeyType::Rsa;
  int bits_ = 0;
  std::shared_ptr<EVP_PKEY> key_;
  // Initialised for RSA with SHA-256 and only ever copied.
  std::shared_ptr<EVP_PKEY_CTX> verify_;
};

// A record with its key, or why there is none.
struct ParsedKey {
  Record record;
  PublicKey key;
  std::string error;  // the record's, or the key's
};

class KeyCache {
 public:
  explicit KeyCache(size_t max = 1000) : max_(max) {}
  // Never null.
  std::shared_ptr<const ParsedKey> find(std::string_view recordText);

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const ParsedKey>>;
  const size_t max_;
  std::mutex mutex_;
  std::list<Entry> recent_;  // first: used last
  std::unordered_map<std::string_view, std::list<Entry>::iterator> byText_;
};

}  // namespace ph_mailauth::dkim
