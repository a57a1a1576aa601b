// Whether the domain of a reverse-path can get mail: otherwise nobody could be told about failures.
// Guarantees: a resolver in trouble gives a temporary refusal. Threads: the session's.
// RFC 5321 5.1 (an address stands for a missing MX), RFC 7505 4.2 (null MX).
#pragma once

#include "session.hpp"

namespace ph_smtp {

// Ends with `then`; verdict() is CONTINUE or the refusal. Only for a session that checksDomains().
ph::Next checkSenderDomain(Session& session, Resume then);

}  // namespace ph_smtp
