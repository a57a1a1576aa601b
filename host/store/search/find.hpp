// Messages of an account that hold words, in all its mailboxes: for people, who look for a message and not for a UID.
// Guarantees: what it finds was looked at; the index only makes it quick. Threads: blocks for the disk.
#pragma once

#include <string>
#include <vector>

#include "store/account.hpp"

namespace posthouse::store::search {

struct FoundMessage {
  std::string mailbox;
  Uid uid = 0;
  MessageId id = 0;
  std::int64_t date = 0;
  std::string from, subject;  // decoded
};

// Those that hold each of `words` in a header field, the envelope or a text part, whatever the case; at most `max`,
// the newest mail of each mailbox first.
ph::Result<std::vector<FoundMessage>> find(Account& account, const std::vector<std::string>& words, std::size_t max);

}  // namespace posthouse::store::search
