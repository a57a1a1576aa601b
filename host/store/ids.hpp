// Ids: message ids from ranges that were reserved durably, outside the index.
// Guarantees: an id is handed out only after a bound above it is on disk, so none is ever handed out twice, even after
// the index was replaced by an older one.
// Threads: any.
#pragma once

#include <memory>
#include <mutex>

#include "env/env.hpp"
#include "store/types.hpp"

namespace posthouse::store {

class Ids {
 public:
  // Makes the file of a new account; the caller syncs its folder.
  static ph::Status create(env::Env& env, const std::string& path, MessageId bound = 1);
  // `floor`: the highest id known to be in use.
  static ph::Result<std::unique_ptr<Ids>> open(env::Env& env, const std::string& path, MessageId floor, int range);

  // Temporary or Limit when a new range cannot be reserved; the next call tries again.
  // The first of `count` consecutive ids.
  ph::Result<MessageId> next(int count = 1);
  // The first id that no range covers yet.
  MessageId bound() const;

 private:
  Ids(std::unique_ptr<env::File> file, MessageId next, std::uint64_t end, int range)
      : file_(std::move(file)), end_(end), range_(range), next_(next), bound_(next) {}

  mutable std::mutex mutex_;
  std::unique_ptr<env::File> file_;
  std::uint64_t end_;  // where the next record goes
  const int range_;
  MessageId next_;
  MessageId bound_;
};

}  // namespace posthouse::store
