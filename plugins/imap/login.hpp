// What LOGIN and AUTHENTICATE share: checking a password, slowing guessers down, opening the account.
// Guarantees: the password is overwritten when it was checked. RFC 9051 6.2.2, 6.2.3.
#pragma once

#include <string>

#include "session.hpp"

namespace ph_imap {

// Logs in and answers the command.
Step logIn(Session& s, std::string user, std::string password);
// Answers as for a wrong password, without checking one.
Step denyLogin(Session& s, const std::string& user);

// Overwrites a secret.
void wipe(std::string& secret);

}  // namespace ph_imap
