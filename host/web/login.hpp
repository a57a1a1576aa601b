// Logins of browsers: password, second factor, a session.
// Guarantees: the password is checked as for every other protocol, and a failure counts for the network it comes from;
// app passwords are refused; no password without TLS, but from this machine. Threads: any that may wait.
#pragma once

#include <string>

#include "accounts/login.hpp"
#include "accounts/second_factor.hpp"
#include "http/request.hpp"
#include "jobs/pool.hpp"
#include "net/limits.hpp"
#include "ph/result.hpp"
#include "web/sessions.hpp"

namespace posthouse::web {

class Login {
 public:
  struct Surroundings {
    accounts::Accounts& accounts;
    accounts::SecondFactor& factor;
    Sessions& sessions;
    net::Limits& limits;
    jobs::Pool& crypto;  // where passwords are hashed
  };
  explicit Login(Surroundings surroundings) : s_(surroundings) {}

  struct Attempt {
    std::string user, password, code;
  };
  struct Outcome {
    std::string secret;  // of the session
    std::string account;
    bool codeNeeded = false;  // the password is right; there is no session yet
  };
  // Denied: a wrong password or code, or the account must not log in; Limit: too many failures; Temporary.
  ph::Result<Outcome> attempt(const http::Request& request, const Attempt& attempt);

 private:
  ph::Result<std::string> password(const accounts::Peer& peer, const Attempt& attempt);
  ph::Status secondFactor(const accounts::Peer& peer, const std::string& account, const Attempt& attempt);
  const Surroundings s_;
};

}  // namespace posthouse::web
