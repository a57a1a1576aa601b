// Mailbox names and making mailboxes inside a change. Internal to the store.
#pragma once

#include "ph/result.hpp"
#include "store/change.hpp"

namespace posthouse::store {

// INBOX in any case becomes "INBOX" (RFC 9051 5.1). Invalid: empty, empty level, control characters, too long.
// NFC and UTF-8 are the caller's business.
ph::Result<std::string> canonicalName(std::string_view name);

// With its missing parents; the mailbox itself must not exist.
ph::Result<MailboxId> makeMailbox(Step& step, const std::string& name, Use use);

}  // namespace posthouse::store
