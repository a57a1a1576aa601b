// What follows a complete message: delivery to our accounts, or the queue.
#pragma once

#include "session.hpp"

namespace ph_smtp {

// For Service::Receive: stage data, then a synced copy for each recipient. 250 only after that (RFC 5321 6.1).
ph::Next deliver(Session& session);

// For Service::Submission: the author is checked, missing fields are added (RFC 6409 6.1, 8), stage submit, then the
// queue has it on disk. 250 only after that.
ph::Next submit(Session& session);

}  // namespace ph_smtp
