// An expunged message as a line for people.
#pragma once

#include <string>

#include "store/undelete.hpp"

namespace posthouse::store {

// "2026-11-21T20:00:00Z  INBOX  UID 17  1234 bytes  <a@example.org>"
std::string describeRemoved(const Removed& removed);

}  // namespace posthouse::store
