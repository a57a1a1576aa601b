#include "dkim/public_key.hpp"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "dkim/digest.hpp"

namespace ph_mailauth::dkim {
namespace {

const unsigned char* bytes(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}

// RFC 6376 3.6.1 says RSAPublicKey and shows a SubjectPublicKeyInfo; what is published is the latter, mostly.
Pkey readRsa(const std::string& der) {
  const unsigned char* at = bytes(der);
  const auto size = static_cast<long>(der.size());
  Pkey key(d2i_PUBKEY(nullptr, &at, size));
  if (!key) {
    at = bytes(der);
    key.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, size));
  }
  if (key && (EVP_PKEY_is_a(key.get(), "RSA") != 1 || at != bytes(der) + size)) key.reset();
  ERR_clear_error();
  return key;
}

}  // namespace

ph::Result<PublicKey> PublicKey::from(const Record& record) {
  PublicKey out;
  out.type_ = record.type;
  Pkey key;
  if (record.type == KeyType::Rsa) {
    key = readRsa(record.key);
  } else if (record.key.size() == 32) {  // RFC 8463 4.2
    key.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(record.key), record.key.size()));
  }
  if (!key) return ph::Error{ph::Kind::Invalid, "p= is no " + std::string(nameOf(record.type)) + " key"};
  out.bits_ = EVP_PKEY_get_bits(key.get());
  out.key_ = std::move(key);
  if (record.type == KeyType::Rsa && out.bits_ <= kMaxRsaBits) {
    std::shared_ptr<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, out.key_.get(), nullptr), EVP_PKEY_CTX_free);
    if (!ctx || EVP_PKEY_verify_init(ctx.get()) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(ctx.get(), RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_CTX_set_signature_md(ctx.get(), md(Hash::Sha256)) != 1) {
      return ph::Error{ph::Kind::Invalid, "p= is no usable key"};
    }
    out.verify_ = std::move(ctx);
  }
  return out;
}

bool PublicKey::verify(Algorithm algorithm, std::string_view data, std::string_view signature) const {
  if (!key_ || keyTypeOf(algorithm) != type_ || algorithm == Algorithm::RsaSha1) return false;
  const std::string hash = digestOf(Hash::Sha256, data);
  int ok = 0;
  if (type_ == KeyType::Rsa) {
    if (!verify_) return false;
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> ctx(EVP_PKEY_CTX_dup(verify_.get()),
                                                                          EVP_PKEY_CTX_free);
    ok = ctx ? EVP_PKEY_verify(ctx.get(), bytes(signature), signature.size(), bytes(hash), hash.size()) : 0;
  } else {
    // RFC 8463 3: what is signed with Ed25519 is the hash.
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> ctx(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    ok = EVP_DigestVerifyInit(ctx.get(), nullptr, nullptr, nullptr, key_.get()) == 1
             ? EVP_DigestVerify(ctx.get(), bytes(signature), signature.size(), bytes(hash), hash.size())
             : 0;
  }
  if (ok != 1) ERR_clear_error();
  return ok == 1;
}

std::shared_ptr<const ParsedKey> KeyCache::find(std::string_view recordText) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = byText_.find(recordText); found != byText_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      return found->second->second;
    }
  }
  auto parsed = std::make_shared<ParsedKey>();
  if (auto record = parseRecord(recordText); !record) {
    parsed->error = record.error().text;
  } else {
    parsed->record = std::move(*record);
    if (!parsed->record.revoked()) {
      auto key = PublicKey::from(parsed->record);
      if (key) {
        parsed->key = std::move(*key);
      } else {
        parsed->error = key.error().text;
      }
    }
  }
  const std::lock_guard lock(mutex_);
  if (const auto found = byText_.find(recordText); found != byText_.end()) return found->second->second;
  recent_.emplace_front(std::string(recordText), parsed);
  byText_.emplace(recent_.front().first, recent_.begin());
  if (recent_.size() > max_) {
    byText_.erase(recent_.back().first);
    recent_.pop_back();
  }
  return parsed;
}

}  // namespace ph_mailauth::dkim
