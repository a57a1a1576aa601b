// Delivery of a transaction to local accounts: deliver hooks, choice of mailbox, fields on top, synced append.
// Threads: deliver() blocks for hooks and the disk: worker threads of the disk pool.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "events/event_log.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "pipeline/hooks.hpp"
#include "pipeline/placement.hpp"
#include "pipeline/transaction.hpp"
#include "store/store.hpp"

namespace posthouse::pipeline {

class Delivery {
 public:
  Delivery(store::Store& store, const Hooks& hooks, jobs::Pool& pool, jobs::Timers& timers, events::EventLog& events,
           std::string hostname);

  // Stores for every recipient with an account; see ph_pipeline.deliver. `key` not empty: a repeat with the same one
  // stores nothing again in an account.
  ph_verdict deliver(Transaction& txn, const std::string& key = {});

  // Called after a message from <> was stored for a recipient. Set it before the first delivery.
  void onNotification(std::function<void(const Transaction&, const Recipient&)> fn) { notification_ = std::move(fn); }

  // From the next delivery on.
  void setPolicies(Policies policies);

  const Hooks& hooks() const { return hooks_; }
  jobs::Pool& pool() const { return pool_; }
  jobs::Timers& timers() const { return timers_; }
  const std::string& hostname() const { return hostname_; }

 private:
  ph_verdict deliverAlias(Transaction& txn, size_t index, const std::string& key, std::set<std::string>& accounts);
  // To the account of one recipient, unless it has the message; hooks say nothing here of other recipients.
  ph_verdict deliverAccount(Transaction& txn, size_t index, const std::string& key, std::set<std::string>& accounts);
  // `*stored`: the account has it now.
  ph_verdict deliverOne(Transaction& txn, size_t index, const std::string& key, bool* stored);
  ph::Result<store::Appended> append(const Transaction& txn, const Recipient& rcpt, store::Account& account,
                                     const Placement& placement, const std::string& key);

  store::Store& store_;
  const Hooks& hooks_;
  jobs::Pool& pool_;
  jobs::Timers& timers_;
  events::EventLog& events_;
  const std::string hostname_;
  std::function<void(const Transaction&, const Recipient&)> notification_;
  std::shared_ptr<const Policies> policies_ = std::make_shared<const Policies>();
};

// The header fields the host puts above a message for one recipient, as complete lines.
// Return-Path, Delivered-To, Authentication-Results, fields of hooks, trace fields. RFC 5321 4.4, RFC 8601.
ph::Result<std::string> deliveryHeader(const Transaction& txn, const Recipient& rcpt, const std::string& hostname);
// Those that go along when the message is queued: trace fields alone.
ph::Result<std::string> traceHeader(const Transaction& txn);

}  // namespace posthouse::pipeline
