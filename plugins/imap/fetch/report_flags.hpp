// FETCH FLAGS for messages a STORE has changed.
#pragma once

#include <memory>
#include <string>

#include "session.hpp"

namespace ph_imap {

std::unique_ptr<Task> reportFlags(Session& s, ph::Account::Ranges ranges, std::string done);

}  // namespace ph_imap
