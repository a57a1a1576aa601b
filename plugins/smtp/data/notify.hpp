// Telling the sender by mail who of the recipients of an accepted message does not get it, and who does where that was
// asked for. RFC 5321 3.6.3, 6.1; RFC 3461 4.1, 6.
// Threads: runs on a pool while the session is parked.
#pragma once

#include "session.hpp"

namespace ph_smtp {

// For a message that was stored for some: queues one notification about those it was refused for, and about those who
// have it with NOTIFY=SUCCESS. False: it could not be queued, so the message must not be taken as accepted. No
// notification goes to a null reverse-path or to one that SPF says is made up.
bool notifySender(Session& session);

}  // namespace ph_smtp
