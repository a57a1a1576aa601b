// The hashes of a body that several signatures want: each distinct one is made once, all in one pass.
// Threads: one at a time. RFC 6376 3.7.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dkim/algorithm.hpp"
#include "dkim/body_canon.hpp"

namespace ph_mailauth::dkim {

class BodyHashes {
 public:
  BodyHashes();
  ~BodyHashes();
  BodyHashes(const BodyHashes&) = delete;
  BodyHashes& operator=(const BodyHashes&) = delete;

  // Before the first add(). The number of the hash; the same wish gets the same one.
  size_t want(Canon canon, Hash hash, std::optional<uint64_t> length = std::nullopt);
  void add(std::string_view piece);
  void finish();

  // After finish().
  const std::string& digest(size_t number) const { return wishes_[number].digest; }
  // How long the body is in this canonical form.
  uint64_t length(Canon canon) const { return lengths_[static_cast<size_t>(canon)]; }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* ctx) const { EVP_MD_CTX_free(ctx); }
  };
  struct Wish {
    Canon canon;
    Hash hash;
    std::optional<uint64_t> length;
    uint64_t left;  // octets still hashed
    std::unique_ptr<EVP_MD_CTX, Free> ctx;
    std::string digest;
  };
  void hash(Canon canon, std::string_view span);

  std::vector<Wish> wishes_;
  std::unique_ptr<BodyCanon> canons_[2];
  uint64_t lengths_[2] = {0, 0};
};

}  // namespace ph_mailauth::dkim
