// One try to log in, from the client's last response until its reply.
// Guarantees: the password is overwritten when the attempt ends. Threads: the session's, and its crypto job.
#pragma once

#include <ph/types.h>
#include <string.h>

#include <string>
#include <utility>

namespace ph_smtp {

struct LoginAttempt {
  LoginAttempt(std::string u, std::string p) : user(std::move(u)), password(std::move(p)) {}
  LoginAttempt(const LoginAttempt&) = delete;
  LoginAttempt& operator=(const LoginAttempt&) = delete;
  ~LoginAttempt() { wipe(password); }

  static void wipe(std::string& secret) {
    ::explicit_bzero(secret.data(), secret.size());
    secret.clear();
  }

  std::string user;
  std::string password;
  ph_status status = PH_E_TEMPORARY;
  std::string account;
  std::string text;  // what an admin wants this account to be told
};

}  // namespace ph_smtp
