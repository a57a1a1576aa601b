// What LOGIN, AUTHENTICATE and PREAUTH share: slowing guessers down, opening the account. RFC 9051 6.2.2, 6.2.3.
#pragma once

#include <functional>
#include <string>

#include "ph/login.hpp"
#include "session.hpp"

namespace ph_imap {

// Logs in with a password and answers the command.
Step logIn(Session& s, std::string user, std::string password);
// Answers the command for a login that ended.
Step ended(Session& s, const ph::Login::Outcome& outcome);
// Logs a client in by its TLS certificate before the greeting, if that works, then `then`. RFC 9051 7.1.4.
Step preauthenticate(Session& s, std::function<Step(Session&)> then);

}  // namespace ph_imap
