// The second proof of a login in a browser: a one-time password, or one of the recovery codes.
// Guarantees: no code works twice, also not for two who use it at once; who knows a password can't try codes for long.
// Threads: all from any thread; they read and write the account's file. RFC 6238 5.2.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/accounts.hpp"

namespace posthouse::accounts {

class SecondFactor {
 public:
  static constexpr int kMaxFailures = 10;  // per account, then it waits
  static constexpr auto kWait = std::chrono::minutes(15);
  static constexpr size_t kRecoveryCodes = 10;

  explicit SecondFactor(Accounts& accounts) : accounts_(accounts) {}

  // A new secret, in force once a code of it was given. Conflict: there is one in force.
  ph::Result<std::string> enrol(const std::string& account);
  // Puts it in force; the recovery codes, told once. NotFound: nothing to confirm; Denied: a wrong code.
  ph::Result<std::vector<std::string>> confirm(const std::string& account, std::string_view code, int64_t now);
  ph::Status remove(const std::string& account);

  struct State {
    bool enrolled = false, confirmed = false;
    size_t recoveryCodes = 0;  // left
  };
  ph::Result<State> state(const std::string& account) const;
  // Uses the code up. Denied: wrong; Limit: too many wrong ones.
  ph::Status check(const std::string& account, std::string_view code, int64_t now);

 private:
  using Clock = std::chrono::steady_clock;
  struct Failures {
    int count = 0;
    Clock::time_point until;
  };
  bool waits(const std::string& account);
  void failed(const std::string& account);

  Accounts& accounts_;
  std::mutex mutex_;
  std::map<std::string, Failures> failures_;  // of accounts whose password is known to who failed
};

}  // namespace posthouse::accounts
