// What a transaction says about how its message came, for the store. Facts of other plugins are read as
// docs/design/facts.md names them; a fact that nobody wrote leaves its field unknown.
// Threads: pure functions.
#pragma once

#include "pipeline/transaction.hpp"
#include "store/delivery_info.hpp"

namespace posthouse::pipeline {

// The author named by From, the first of several; empty: none, or not an address.
store::MailAddress authorOf(const mail::Message& message);

store::DeliveryInfo deliveryInfo(const Transaction& txn, const Recipient& rcpt);

// The header section of a message, at most ph::header::kMaxBlock bytes.
std::string headerOf(const mail::Message& message);

// What a fact says, by its name; empty: nobody wrote it.
std::string_view factOf(const Transaction& txn, std::string_view name);

}  // namespace posthouse::pipeline
