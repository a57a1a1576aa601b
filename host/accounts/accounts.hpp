// Logins and addresses of the running server: the current Directory, password checks, a short memory of good logins.
// Threads: all from any thread; authenticate() blocks for the hash and belongs on the crypto pool.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "accounts/directory.hpp"

namespace posthouse::accounts {

class Accounts {
 public:
  // `dataDir`: where credentials/NAME lies.
  Accounts(std::string dataDir, Directory directory);

  std::shared_ptr<const Directory> directory() const { return std::atomic_load(&directory_); }
  void replace(Directory directory);

  // The account's name. Denied: unknown user, wrong password or login switched off, all in the same time.
  ph::Result<std::string> authenticate(std::string_view user, std::string_view password);

 private:
  using Key = std::string;
  Key cacheKey(std::string_view user, std::string_view password, std::string_view hash) const;
  bool remembered(const Key& key);
  void remember(const Key& key);

  const std::string dataDir_;
  std::shared_ptr<const Directory> directory_;
  std::array<unsigned char, 32> secret_{};
  std::string dummyHash_;
  std::mutex mutex_;
  std::unordered_map<Key, std::chrono::steady_clock::time_point> good_;
};

}  // namespace posthouse::accounts
