// Who tried to log in, when, from where and how: a row per account, way and place, with a count. For the people whose
// accounts they are, and for admins.
// Guarantees: record() never waits for the disk; rows go after 30 days, and beyond 10,000 failed ones per account.
// Threads: any; one thread of its own writes, about once a second.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::accounts {

struct LoginAttempt {
  std::string account;  // empty: nobody's
  std::string user;     // as the client said
  std::string remoteIp, localIp;
  std::string protocol;         // "imap"
  std::string mechanism;        // "SCRAM-SHA-256-PLUS"
  std::string result;           // "ok", "denied", "disabled", "binding", "malformed", "unavailable"
  std::string tls;              // "TLS1.3 TLS_AES_256_GCM_SHA384" or empty
  std::string fingerprint;      // of the TLS client certificate's key, or empty
  int64_t first = 0, last = 0;  // Unix seconds
  int64_t count = 1;
};

class LoginLog {
 public:
  static ph::Result<std::unique_ptr<LoginLog>> open(const std::string& file);
  ~LoginLog();

  void record(LoginAttempt attempt);
  // What was recorded so far is in the file when it returns.
  void flush();

  // The newest first, of one account or (empty) of none's; also while a server writes.
  static ph::Result<std::vector<LoginAttempt>> read(const std::string& file, const std::string& account, size_t max);

 private:
  struct Database;
  explicit LoginLog(std::unique_ptr<Database> db);
  void work();
  void write(std::vector<LoginAttempt> batch);

  std::unique_ptr<Database> db_;
  std::mutex mutex_;
  std::condition_variable wake_, written_;
  std::vector<LoginAttempt> pending_;
  bool writing_ = false, stopping_ = false, hurry_ = false;
  std::thread thread_;
};

}  // namespace posthouse::accounts
