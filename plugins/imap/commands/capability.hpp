// What the server announces, which depends on TLS and login. RFC 9051 6.1.1.
#pragma once

#include <string>

#include "session.hpp"

namespace ph_imap {

// "CAPABILITY IMAP4rev2 ...", for the response and the response code.
std::string capabilities(const Session& s);

}  // namespace ph_imap
