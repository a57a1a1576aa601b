#include "accounts/accounts.hpp"

#include <openssl/rand.h>
#include <sodium.h>

#include "accounts/credentials.hpp"
#include "log/log.hpp"

namespace posthouse::accounts {
namespace {
const log::Log kLog("accounts");
constexpr auto kRemember = std::chrono::minutes(15);
constexpr size_t kMaxRemembered = 20000;
}  // namespace

Accounts::Accounts(std::string dataDir, Directory directory)
    : dataDir_(std::move(dataDir)), directory_(std::make_shared<const Directory>(std::move(directory))) {
  RAND_bytes(secret_.data(), static_cast<int>(secret_.size()));
  // What unknown users are checked against, so that they take the same time.
  dummyHash_ = hashPassword("no account has this password").valueOr("");
}

void Accounts::replace(Directory directory) {
  std::atomic_store(&directory_, std::make_shared<const Directory>(std::move(directory)));
}

Accounts::Key Accounts::cacheKey(std::string_view user, std::string_view password, std::string_view hash) const {
  Key out(crypto_generichash_BYTES, '\0');
  crypto_generichash_state state;
  crypto_generichash_init(&state, secret_.data(), secret_.size(), out.size());
  for (const std::string_view part : {user, password, hash}) {
    const uint64_t n = part.size();
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&n), sizeof n);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
  }
  crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(out.data()), out.size());
  return out;
}

bool Accounts::remembered(const Key& key) {
  std::lock_guard lock(mutex_);
  const auto i = good_.find(key);
  if (i == good_.end()) return false;
  if (i->second > std::chrono::steady_clock::now()) return true;
  good_.erase(i);
  return false;
}

void Accounts::remember(const Key& key) {
  const auto now = std::chrono::steady_clock::now();
  std::lock_guard lock(mutex_);
  if (good_.size() >= kMaxRemembered) {
    std::erase_if(good_, [&](const auto& e) { return e.second <= now; });
    if (good_.size() >= kMaxRemembered) good_.clear();
  }
  good_[key] = now + kRemember;
}

ph::Result<std::string> Accounts::authenticate(std::string_view user, std::string_view password) {
  const ph::Error denied{ph::Kind::Denied, ""};
  const auto directory = this->directory();
  const std::string name = directory->accountOfLogin(user);
  std::string hash;
  if (!name.empty()) {
    const auto c = readCredentials(credentialsFile(dataDir_, name));
    if (!c) {
      kLog.error("credentials unreadable", {{"account", name}, {"error", c.error().text}});
      return ph::Error{ph::Kind::Temporary, "credentials can't be read"};
    }
    hash = c->argon2id;
  }
  if (hash.empty()) {
    verifyPassword(dummyHash_, password);
    return denied;
  }
  // The stored hash is part of the key: a changed password forgets the old one at once.
  const Key key = cacheKey(user, password, hash);
  if (!remembered(key)) {
    if (!verifyPassword(hash, password)) return denied;
    remember(key);
  }
  const auto* account = directory->account(name);
  if (account && !account->loginDisabled.empty()) return ph::Error{ph::Kind::Denied, account->loginDisabled};
  return name;
}

}  // namespace posthouse::accounts
