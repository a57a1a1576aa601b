// Where the session meets an announced literal: is it the message of an APPEND or REPLACE?
#pragma once

#include <memory>
#include <string_view>

#include "session.hpp"

namespace ph_imap {

// The task that takes the message, if `text` is a whole APPEND or REPLACE up to its message's announcement; otherwise
// nullptr.
std::unique_ptr<Task> beginAppend(Session& s, std::string_view text);

}  // namespace ph_imap
