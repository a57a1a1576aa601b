// Peer: the account that is imported into or exported from, here or at the other end of a socket.
// Guarantees: what put() answered for is durable. Threads: one at a time.
#pragma once

#include <memory>

#include "store/account.hpp"
#include "transfer/parcel.hpp"

namespace posthouse::transfer {

class Peer {
 public:
  virtual ~Peer() = default;
  // Which of these keys were imported already; as many answers.
  virtual ph::Result<std::vector<bool>> known(const std::vector<std::string>& keys) = 0;
  // Mailboxes are made, also those that only messages name. An error: nothing more can be stored for now (Quota, Limit,
  // Temporary); a part of the batch may be.
  virtual ph::Result<Outcome> put(const Batch& batch) = 0;
  virtual ph::Result<std::vector<Folder>> folders() = 0;
  // From this UID on.
  virtual ph::Result<Page> get(const std::string& mailbox, store::Uid from) = 0;
};

// An account of a store that this process has.
std::unique_ptr<Peer> storePeer(std::shared_ptr<store::Account> account);

}  // namespace posthouse::transfer
