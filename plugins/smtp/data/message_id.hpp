// Message-IDs for messages that come without one, and for our own. RFC 5322 3.6.4.
#pragma once

#include <string>

#include "session.hpp"

namespace ph_smtp {

// With angle brackets; unique and not to be guessed.
std::string newMessageId(Session& session);

}  // namespace ph_smtp
