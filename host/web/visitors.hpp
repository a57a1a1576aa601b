// Who a browser's request comes from, by its cookie; and whether it may go on.
// Guarantees: what somebody is allowed is looked up anew for each request, so a role that is taken away is gone at
// once; what could have been sent by a page of somebody else changes nothing. Threads: all from any thread, none waits.
#pragma once

#include <memory>
#include <string>

#include "accounts/accounts.hpp"
#include "http/request.hpp"
#include "http/visitor.hpp"
#include "web/sessions.hpp"

namespace posthouse::web {

class Visitors {
 public:
  static constexpr const char* kLoginPath = "/login";

  // Both must outlive it.
  Visitors(const accounts::Accounts& accounts, Sessions& sessions) : accounts_(accounts), sessions_(sessions) {}

  // For http::Server::setGate().
  http::Verdict judge(const http::Request& request, http::Audience audience) const;
  // nullptr: nobody has logged in.
  std::shared_ptr<const http::Visitor> find(const http::Request& request) const;

  // With TLS its name forbids that anybody but this very host sets it (see the cookie prefixes of RFC 6265).
  static std::string cookieName(bool secure);
  // The field Set-Cookie; without a secret it is taken back.
  static std::string cookieField(bool secure, const std::string& secret);
  static std::string csrfOf(const std::string& secret);
  // In the same time, wherever they differ.
  static bool sameToken(std::string_view a, std::string_view b);
  // 0: its owner, 1: admin of some domains, 2: admin.
  static int roleOf(const config::AccountConfig& account);

 private:
  const accounts::Accounts& accounts_;
  Sessions& sessions_;
};

}  // namespace posthouse::web
