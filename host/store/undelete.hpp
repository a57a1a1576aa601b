// Undelete: expunged messages whose files are still kept can be put back. What `AccountSettings::keepRemoved` says
// holds for those removed before it was changed, too. Messages that the server takes out of Rejects by itself are not
// kept. Guarantees: a message that is listed can be restored until maintain() has forgotten it; restoring is one synced
// commit per batch, each message with its flags (but \\Deleted), keywords and INTERNALDATE, a new UID and its old id.
// Threads: any.
#pragma once

#include "store/account.hpp"

namespace posthouse::store {

struct Removed {
  std::int64_t number = 0;  // ascends with the time of the removal
  std::string mailbox;      // as it is called now, or was when it went
  Uid uid = 0;
  MessageId id = 0;
  std::uint32_t flags = 0;
  std::string keywords;
  std::uint64_t size = 0;
  std::int64_t at = 0;
  std::string messageId;
};

// All conditions that are set must hold.
struct RemovedFilter {
  std::string mailbox;
  std::int64_t since = 0;  // removed then or later
  std::string messageId;   // without angle brackets
  std::int64_t after = 0;  // only numbers above this one: the next page
  std::size_t max = 1000;
};

ph::Result<std::vector<Removed>> listRemoved(Account& account, const RemovedFilter& filter);

struct Undeleted {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> said;  // what could not be restored
};

// All that fit the filter, whatever its `after` and `max`. Quota: it is used up, what stands in `done` was restored.
ph::Status undelete(Account& account, RemovedFilter filter, Undeleted& done);

// Forgets what is due; its files become garbage. A part of maintain().
ph::Status purgeRemoved(Account& account);

}  // namespace posthouse::store
