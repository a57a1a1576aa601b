// Mailboxes and the files they are in. Threads: pure functions.
#pragma once

#include <string>

namespace posthouse::transfer {

// "Work/Papers" -> "Work/Papers.mbox". Names that would lead elsewhere are written with %.
std::string mboxPath(const std::string& mailbox);
// And back; also Thunderbird's "Work.sbd/Papers". `base`: the mailbox above, or empty.
std::string mailboxOfMbox(const std::string& path, const std::string& base);

}  // namespace posthouse::transfer
