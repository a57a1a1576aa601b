// The tables `deliveries`, `dkim_domains` and `recipients`. Internal to the store.
#pragma once

#include "store/change.hpp"
#include "store/delivery_info.hpp"

namespace posthouse::store {

// `mailbox`: where the message is put; the one it was destined for is looked up by its name.
ph::Status insertDelivery(Step& step, MessageId id, MailboxId mailbox, std::int64_t date, const DeliveryInfo& info);

// Remembers whom a message in Sent was written to: To, Cc and Bcc of its header.
ph::Status insertRecipients(Step& step, MessageId id, std::int64_t date, std::string_view header);

// All that is known about this message.
ph::Status removeDelivery(Step& step, MessageId id);
// Of this only whom it was written to.
ph::Status removeRecipients(Step& step, MessageId id);

}  // namespace posthouse::store
