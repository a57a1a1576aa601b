// The FETCH responses of a STORE.
#pragma once

#include "session.hpp"

namespace ph_imap {

struct StoreReport {
  ph::Account::Ranges ranges;
  bool silent = false;          // flags only of the messages in `refused`
  ph::imap::NumberSet refused;  // UIDs that failed UNCHANGEDSINCE
  std::string code;             // of the tagged OK
};

// A task that reports each message as it is now, and answers the command.
std::unique_ptr<Task> reportStore(StoreReport report);

}  // namespace ph_imap
