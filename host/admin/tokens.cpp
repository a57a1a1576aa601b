#include "admin/tokens.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>

#include "admin/store_file.hpp"
#include "ph/text/ascii.hpp"

namespace posthouse::admin {
namespace {

using json::Value;

const ph::Error kRefused{ph::Kind::Denied, "this bearer token is not valid"};
constexpr std::string_view kMark = "ph_";  // so that scanners find tokens that were published by mistake

std::string hex(const unsigned char* data, size_t size) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (size_t i = 0; i < size; ++i) out.append(1, kHex[data[i] >> 4]).append(1, kHex[data[i] & 15]);
  return out;
}

// 256 random bits need no slow hash: nobody can try them all.
std::string hashOf(std::string_view token) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
  return hex(hash.data(), hash.size());
}

}  // namespace

ph::Status Tokens::load() {
  const auto json = readJson(file_);
  if (!json) return json.error();
  std::lock_guard lock(mutex_);
  tokens_.clear();
  for (const auto& item : (*json)["tokens"].items()) {
    const auto role = roleFrom(item["role"].string());
    if (!role || item["name"].string().empty() || item["hash"].string().empty())
      return ph::Error{ph::Kind::Temporary, file_ + ": not what the server wrote"};
    Token t;
    t.name = item["name"].string();
    t.hash = item["hash"].string();
    t.rights.role = *role;
    t.rights.account = item["account"].string();
    t.rights.domains = item["domains"].strings();
    t.rights.operations = item["operations"].strings();
    t.created = item["created"].integer();
    t.expires = item["expires"].integer();
    tokens_[t.name] = std::move(t);
  }
  return {};
}

ph::Status Tokens::save(const std::map<std::string, Token>& tokens) const {
  Value list = Value::list();
  for (const auto& [name, t] : tokens) {
    list.add(Value::object({{"name", name},
                            {"hash", t.hash},
                            {"role", roleName(t.rights.role)},
                            {"account", t.rights.account},
                            {"domains", t.rights.domains},
                            {"operations", t.rights.operations},
                            {"created", t.created},
                            {"expires", t.expires}}));
  }
  return replaceFile(file_, json::text(Value::object({{"tokens", std::move(list)}}), true));
}

ph::Result<std::string> Tokens::create(Token token, int64_t now) {
  std::array<unsigned char, 32> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) return ph::Error{ph::Kind::Temporary, "no randomness"};
  const std::string text = std::string(kMark) + hex(random.data(), random.size());
  token.hash = hashOf(text);
  token.created = now;
  std::lock_guard lock(mutex_);
  auto next = tokens_;
  if (!next.try_emplace(token.name, token).second)
    return ph::Error{ph::Kind::Conflict, "there is a token " + token.name + " already"};
  if (auto s = save(next); !s) return s.error();
  tokens_ = std::move(next);
  return text;
}

ph::Status Tokens::revoke(const std::string& name) {
  std::lock_guard lock(mutex_);
  auto next = tokens_;
  if (next.erase(name) == 0) return ph::Error{ph::Kind::NotFound, "there is no token " + name};
  if (auto s = save(next); !s) return s;
  tokens_ = std::move(next);
  return {};
}

std::map<std::string, Tokens::Token> Tokens::all() const {
  std::lock_guard lock(mutex_);
  return tokens_;
}

ph::Result<Principal> Tokens::principal(std::string_view field, int64_t now) const {
  constexpr std::string_view kScheme = "bearer ";
  if (field.size() <= kScheme.size() || !ph::text::equalsNoCase(field.substr(0, kScheme.size()), kScheme)) {
    return ph::Error{ph::Kind::Denied, "a bearer token is needed"};
  }
  const std::string hash = hashOf(field.substr(kScheme.size()));
  std::lock_guard lock(mutex_);
  for (const auto& [name, t] : tokens_) {
    if (t.hash.size() != hash.size() || CRYPTO_memcmp(t.hash.data(), hash.data(), hash.size()) != 0) continue;
    if (t.expires != 0 && t.expires <= now) return kRefused;
    Principal who = t.rights;
    who.name = "token " + name;
    who.face = "token";
    return who;
  }
  return kRefused;
}

}  // namespace posthouse::admin
