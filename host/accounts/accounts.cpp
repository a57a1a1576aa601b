#include "accounts/accounts.hpp"

#include <ctime>

#include <fcntl.h>
#include <openssl/rand.h>
#include <sodium.h>
#include <unistd.h>

#include "accounts/credentials.hpp"
#include "log/log.hpp"
#include "ph/sasl/opaque_string.hpp"
#include "ph/sasl/scram_keys.hpp"

namespace posthouse::accounts {
namespace {
const log::Log kLog("accounts");
constexpr auto kRemember = std::chrono::minutes(15);
constexpr size_t kMaxRemembered = 20000;

// Bytes that only this server knows. When they can't be kept, others for this run.
std::string readOrMakeKey(const std::string& file, size_t size) {
  std::string key(size, '\0');
  if (const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC); fd >= 0) {
    const bool whole = ::read(fd, key.data(), size) == static_cast<ssize_t>(size);
    ::close(fd);
    if (whole) return key;
  }
  RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(size));
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0 || ::write(fd, key.data(), size) != static_cast<ssize_t>(size)) {
    kLog.warn("key not kept", {{"file", file}});
  }
  if (fd >= 0) ::close(fd);
  return key;
}
}  // namespace

Accounts::Accounts(std::string dataDir, Directory directory, std::unique_ptr<LoginLog> log)
    : dataDir_(std::move(dataDir)),
      directory_(std::make_shared<const Directory>(std::move(directory))),
      falseSecret_(readOrMakeKey(dataDir_ + "/login.key", 32)),
      tlsKeys_(dataDir_ + "/credentials"),
      log_(std::move(log)) {
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

ph::Result<Credentials> Accounts::credentials(const std::string& account) const {
  if (account.empty()) return Credentials{};
  auto c = readCredentials(credentialsFile(dataDir_, account));
  if (c) return c;
  kLog.error("credentials unreadable", {{"account", account}, {"error", c.error().text}});
  return ph::Error{ph::Kind::Temporary, "credentials can't be read"};
}

ph::Status Accounts::changeCredentials(const std::string& account,
                                       const std::function<ph::Status(Credentials&)>& change) {
  if (!directory()->account(account)) return ph::Error{ph::Kind::NotFound, "there is no account " + account};
  const std::string file = credentialsFile(dataDir_, account);
  std::lock_guard lock(changing_);
  auto c = readCredentials(file);
  if (!c) return c.error();
  if (auto s = change(*c); !s) return s;
  return writeCredentials(file, *c);
}

ph::Result<std::string> Accounts::authenticate(std::string_view user, std::string_view password,
                                               std::string_view protocol) {
  const ph::Error denied{ph::Kind::Denied, ""};
  const auto directory = this->directory();
  const std::string name = directory->accountOfLogin(user);
  const auto c = credentials(name);
  if (!c) return c.error();
  if (protocol != kWeb && fitsAppPassword(*c, password, protocol, std::time(nullptr))) return accountOfProven(user);
  const auto prepared = ph::sasl::prepareOpaqueString(password);
  if (c->argon2id.empty() || !prepared) {
    verifyPassword(dummyHash_, password);
    return denied;
  }
  // The stored hash is part of the key: a changed password forgets the old one at once.
  const Key key = cacheKey(user, *prepared, c->argon2id);
  if (!remembered(key)) {
    if (!verifyPassword(c->argon2id, *prepared)) return denied;
    remember(key);
  }
  return accountOfProven(user);
}

ph::Result<std::string> Accounts::accountOfProven(std::string_view user) const {
  const auto directory = this->directory();
  const std::string name = directory->accountOfLogin(user);
  const auto* account = directory->account(name);
  if (!account) return ph::Error{ph::Kind::Denied, ""};
  if (!account->loginDisabled.empty()) return ph::Error{ph::Kind::Denied, account->loginDisabled};
  return name;
}

std::string Accounts::falseKey(std::string_view what, std::string_view user, size_t size) const {
  std::string text(what);
  text += '\0';
  text += user;
  return ph::sasl::hmac(ph::sasl::ScramHash::Sha256, falseSecret_, text).substr(0, size);
}

ph::Result<ph::sasl::ScramVerifier> Accounts::scramVerifier(ph::sasl::ScramHash hash, std::string_view user) const {
  const bool sha1 = hash == ph::sasl::ScramHash::Sha1;
  ph::sasl::ScramVerifier nothingFits{falseKey(sha1 ? "sha1" : "sha256", user, kScramSalt), kScramIterations,
                                      falseKey("stored", user, sha1 ? 20 : 32),
                                      falseKey("server", user, sha1 ? 20 : 32)};
  auto c = credentials(directory()->accountOfLogin(user));
  if (!c) return c.error();
  auto& verifier = sha1 ? c->scramSha1 : c->scramSha256;
  return verifier ? std::move(*verifier) : std::move(nothingFits);
}

ph::Result<ph::sasl::CramKey> Accounts::cramKey(std::string_view user) const {
  const auto directory = this->directory();
  const std::string name = directory->accountOfLogin(user);
  const auto* account = directory->account(name);
  auto c = credentials(account && account->cramMd5 ? name : std::string());
  if (!c) return c.error();
  if (c->cramMd5) return std::move(*c->cramMd5);
  return ph::sasl::CramKey{falseKey("inner", user, 16), falseKey("outer", user, 16)};
}

}  // namespace posthouse::accounts
