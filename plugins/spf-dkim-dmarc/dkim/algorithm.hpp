// What signatures are made with. Plain values. RFC 6376 3.3, 3.4, RFC 8301, RFC 8463.
#pragma once

#include <optional>
#include <string_view>

namespace ph_mailauth::dkim {

enum class Canon { Simple, Relaxed };
enum class Hash { Sha1, Sha256 };
enum class KeyType { Rsa, Ed25519 };
enum class Algorithm { RsaSha1, RsaSha256, Ed25519Sha256 };

constexpr Hash hashOf(Algorithm a) {
  return a == Algorithm::RsaSha1 ? Hash::Sha1 : Hash::Sha256;
}
constexpr KeyType keyTypeOf(Algorithm a) {
  return a == Algorithm::Ed25519Sha256 ? KeyType::Ed25519 : KeyType::Rsa;
}
constexpr std::string_view nameOf(Algorithm a) {
  return a == Algorithm::RsaSha1 ? "rsa-sha1" : a == Algorithm::RsaSha256 ? "rsa-sha256" : "ed25519-sha256";
}
constexpr std::string_view nameOf(Canon c) {
  return c == Canon::Simple ? "simple" : "relaxed";
}
constexpr std::string_view nameOf(Hash h) {
  return h == Hash::Sha1 ? "sha1" : "sha256";
}
constexpr std::string_view nameOf(KeyType k) {
  return k == KeyType::Rsa ? "rsa" : "ed25519";
}

constexpr std::optional<Algorithm> algorithmOf(std::string_view name) {
  for (const auto a : {Algorithm::RsaSha1, Algorithm::RsaSha256, Algorithm::Ed25519Sha256}) {
    if (nameOf(a) == name) return a;
  }
  return std::nullopt;
}

}  // namespace ph_mailauth::dkim
