// The message after DATA or in chunks: from the wire into the host's message, then to its judgement.
// Guarantees: nothing is stored unless the message was complete (CRLF "." CRLF, or BDAT LAST) and passed; a refused
// message is read to its end so that the dialogue stays in step, but never much more than the size limit.
// Threads: the session's. RFC 5321 4.1.1.4, 4.5.2, 6.3, RFC 3030 2, RFC 2033 4.2.
#pragma once

#include "session.hpp"

namespace ph_smtp {

// Makes room for the message of the open transaction; false: there is none.
bool beginMessage(Session& session, Incoming::Form form);
// Whether so many more octets are over any limit by far: not worth reading.
bool farTooLarge(const Session& session, uint64_t more);

// Takes what input() holds.
ph::Next receive(Session& session);

// Ends the transaction with a reply and one line in the log. LMTP: with a reply for each accepted RCPT.
ph::Next acceptMessage(Session& session);
ph::Next refuseMessage(Session& session, int code, std::string_view enhanced, std::string_view text);
// The same with verdict() as the reason.
ph::Next refuseMessage(Session& session);

}  // namespace ph_smtp
