// The message after DATA: from the wire into the host's message, then to its judgement.
// Guarantees: nothing is stored unless the end was CRLF "." CRLF and the message passed; a refused message is read to
// its end so that the dialogue stays in step, but never much more than the size limit.
// Threads: the session's. RFC 5321 4.1.1.4, 4.5.2, 6.3.
#pragma once

#include "session.hpp"

namespace ph_smtp {

// Takes what input() holds.
ph::Next receive(Session& session);

// Ends the transaction with a reply and one line in the log.
ph::Next acceptMessage(Session& session);
ph::Next refuseMessage(Session& session, int code, std::string_view enhanced, std::string_view text);
// The same with verdict() as the reason.
ph::Next refuseMessage(Session& session);

}  // namespace ph_smtp
