// The identities that SPF checks, from what a client said.
// Threads: pure functions. RFC 7208 2.3, 2.4, RFC 8616 4.
#pragma once

#include <string>
#include <string_view>

namespace ph_mailauth {

struct SpfIdentity {
  bool helo = false;   // the greeting's: also that of a null reverse-path
  std::string domain;  // in A-labels; an address literal stays one
  std::string sender;  // "local@domain"
};

SpfIdentity mailFromIdentity(std::string_view reversePath, std::string_view helo);
SpfIdentity heloIdentity(std::string_view helo);

}  // namespace ph_mailauth
