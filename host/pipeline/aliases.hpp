// Opening aliases: one recipient becomes a recipient for each member's account.
// Threads: pure functions over a directory, which is immutable.
#pragma once

#include <string>
#include <vector>

#include "accounts/directory.hpp"
#include "pipeline/transaction.hpp"

namespace posthouse::pipeline {

// The accounts that get this message because `alias` is a recipient: its members, without those that are recipients
// themselves and without the author's, unless nobody would be left. Denied: the author may not post there; NotFound: it
// is an alias no more.
ph::Result<std::vector<std::string>> aliasAccounts(const accounts::Directory& directory, const Transaction& txn,
                                                   const Recipient& alias);

// What a client is told on Denied. RFC 3463 3.8.
ph_verdict notAllowedToPost();

}  // namespace posthouse::pipeline
