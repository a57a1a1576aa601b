// Taking messages out of a mailbox inside a change. Internal to the store.
#pragma once

#include "store/account.hpp"
#include "store/core.hpp"

namespace posthouse::store {

struct HotRow {
  Uid uid;
  MessageId id;
  std::uint32_t flags;
  std::uint64_t size;
  std::string keywords;
  std::int64_t saved;
};

ph::Result<std::vector<HotRow>> hotRows(Step& step, MailboxId mailbox, const UidSet& uids, std::uint32_t withFlags);
// Removes the rows and leaves tombstones; counters follow.
ph::Status takeOut(Step& step, Mailbox& mailbox, const std::vector<HotRow>& rows);
// Remembers rows that are taken out so that they can be restored, for as long as the account's settings say. Before
// dropUnused.
ph::Status keepRemoved(Step& step, const Mailbox& mailbox, const std::vector<HotRow>& rows);
// Forgets the contents that no row names any more; the files of those that cannot be restored either are appended to
// `garbage`.
ph::Status dropUnused(Step& step, const std::vector<HotRow>& rows, std::int64_t keepKeys,
                      std::vector<MessageId>& garbage);
// Adds rows to a mailbox with new UIDs, the same contents.
ph::Status putIn(Step& step, const Mailbox& source, Mailbox& target, const std::vector<HotRow>& rows, Copied& result);
// After the commit: unlinks the first few; the rest waits for maintain, not the client.
void unlinkAll(Core& core, const std::vector<MessageId>& garbage);

}  // namespace posthouse::store
