// Logins and addresses of the running server: the current Directory, password checks, a short memory of good logins.
// Threads: all from any thread; authenticate() blocks for the hash and belongs on the crypto pool.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "accounts/directory.hpp"
#include "accounts/login_log.hpp"
#include "accounts/tls_keys.hpp"
#include "ph/sasl/cram_md5.hpp"
#include "ph/sasl/scram.hpp"

namespace posthouse::accounts {

class Accounts {
 public:
  // `dataDir`: where credentials/NAME and login.key lie. `log` may be null.
  Accounts(std::string dataDir, Directory directory, std::unique_ptr<LoginLog> log = nullptr);

  std::shared_ptr<const Directory> directory() const { return std::atomic_load(&directory_); }
  void replace(Directory directory);

  // The account's name. Denied: unknown user, wrong password or login switched off, all in the same time.
  // `protocol`: an app password may be good for others only, and none is for kWeb.
  static constexpr std::string_view kWeb = "web";
  ph::Result<std::string> authenticate(std::string_view user, std::string_view password,
                                       std::string_view protocol = {});

  // What proofs are checked against. Who does not exist, or has no password, gets keys that nothing fits, the same each
  // time for the same name. Temporary: a file can't be read.
  ph::Result<ph::sasl::ScramVerifier> scramVerifier(ph::sasl::ScramHash hash, std::string_view user) const;
  ph::Result<ph::sasl::CramKey> cramKey(std::string_view user) const;
  // For a user who has proven the secret: the account, unless its login is switched off (Denied).
  ph::Result<std::string> accountOfProven(std::string_view user) const;

  // One after the other. NotFound: no such account; else what `change` answers, which nothing is written after an error
  // of.
  ph::Status changeCredentials(const std::string& account, const std::function<ph::Status(Credentials&)>& change);
  ph::Result<Credentials> readCredentialsOf(const std::string& account) const { return credentials(account); }

  TlsKeys& tlsKeys() { return tlsKeys_; }
  // What was recorded so far is on disk when it returns.
  void flushLog() {
    if (log_) log_->flush();
  }
  void record(LoginAttempt attempt) {
    if (log_) log_->record(std::move(attempt));
  }

 private:
  ph::Result<Credentials> credentials(const std::string& account) const;
  std::string falseKey(std::string_view what, std::string_view user, size_t size) const;
  using Key = std::string;
  Key cacheKey(std::string_view user, std::string_view password, std::string_view hash) const;
  bool remembered(const Key& key);
  void remember(const Key& key);

  const std::string dataDir_;
  std::shared_ptr<const Directory> directory_;
  std::array<unsigned char, 32> secret_{};
  std::string falseSecret_;  // of the data folder, so that false salts stay the same over restarts
  std::string dummyHash_;
  TlsKeys tlsKeys_;
  std::unique_ptr<LoginLog> log_;
  std::mutex changing_;  // of credentials
  std::mutex mutex_;
  std::unordered_map<Key, std::chrono::steady_clock::time_point> good_;
};

}  // namespace posthouse::accounts
