// What a message must keep to where mail programs are tested.
// Threads: runs on a pool while the session is parked. RFC 6152 3, RFC 6531 3.4, RFC 5321 4.4, RFC 2045, 2046.
#pragma once

#include "session.hpp"

namespace ph_smtp {

// Sets verdict() to CONTINUE or a refusal; leaves it when the message can't be read.
void checkPedantically(Session& session);

}  // namespace ph_smtp
