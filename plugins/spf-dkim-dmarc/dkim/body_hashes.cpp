#include "dkim/body_hashes.hpp"

#include <algorithm>

#include "dkim/digest.hpp"

namespace ph_mailauth::dkim {

BodyHashes::BodyHashes() = default;
BodyHashes::~BodyHashes() = default;

size_t BodyHashes::want(Canon canon, Hash hash, std::optional<uint64_t> length) {
  for (size_t i = 0; i < wishes_.size(); ++i) {
    const Wish& w = wishes_[i];
    if (w.canon == canon && w.hash == hash && w.length == length) return i;
  }
  auto& made = canons_[static_cast<size_t>(canon)];
  if (!made) made = std::make_unique<BodyCanon>(canon, [this, canon](std::string_view s) { this->hash(canon, s); });
  Wish w{canon, hash, length, length.value_or(UINT64_MAX), nullptr, {}};
  w.ctx.reset(EVP_MD_CTX_new());
  EVP_DigestInit_ex2(w.ctx.get(), md(hash), nullptr);
  wishes_.push_back(std::move(w));
  return wishes_.size() - 1;
}

void BodyHashes::add(std::string_view piece) {
  for (const auto& c : canons_) {
    if (c) c->add(piece);
  }
}

void BodyHashes::finish() {
  for (const auto& c : canons_) {
    if (c) c->finish();
  }
  for (auto& w : wishes_) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(w.ctx.get(), out, &size);
    w.digest.assign(reinterpret_cast<const char*>(out), size);
  }
}

void BodyHashes::hash(Canon canon, std::string_view span) {
  lengths_[static_cast<size_t>(canon)] += span.size();
  for (auto& w : wishes_) {
    if (w.canon != canon) continue;
    const size_t n = static_cast<size_t>(std::min<uint64_t>(span.size(), w.left));
    EVP_DigestUpdate(w.ctx.get(), span.data(), n);
    w.left -= n;
  }
}

}  // namespace ph_mailauth::dkim
