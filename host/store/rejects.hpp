// The Rejects mailbox, copies of junk that was refused, and the Introbox, mail of senders that nobody knows yet.
// Internal to the store; who decides what goes there is pipeline/delivery.
#pragma once

#include "store/describe.hpp"
#include "store/removal.hpp"

namespace posthouse::store {

// Before a copy is added: copies older than 14 days go. false: it is there already (the same Message-ID, or without
// one the same bytes), or 1000 are. With `keep_rejects` nothing goes and there is no limit.
ph::Result<bool> admitReject(Step& step, Mailbox& rejects, const Ancestry& ancestry, std::string_view hash,
                             std::int64_t keepKeys, std::vector<MessageId>& garbage);

// A message was delivered after all: its copies in Rejects go.
ph::Status removeRejects(Step& step, const std::string& messageId, std::int64_t keepKeys,
                         std::vector<MessageId>& garbage);

// For a message that is put from one mailbox into another, with its keywords there. Out of Rejects: it counts as
// delivered to where it was meant to go. Out of the Introbox: the same, once it is known to be junk or not; being put
// where it was meant to go says it is not.
ph::Status rehome(Step& step, const Mailbox& source, const Mailbox& target, MessageId id,
                  std::vector<std::string>& keywords);

}  // namespace posthouse::store
