// The folder of the message that was opened last, held open: who reads a mailbox opens one after the other, mostly in
// one folder. Threads: any.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "env/env.hpp"
#include "store/types.hpp"

namespace posthouse::store {

class LastFolder {
 public:
  // Of the group with this number, whose folder is `path`. It is held from the second time on that it is asked for:
  // messages from anywhere cost no more than without it. nullptr: not held.
  std::shared_ptr<env::Folder> find(env::Env& env, MessageId group, const std::string& path) {
    const std::lock_guard guard(mutex_);
    if (group != group_) {
      group_ = group;
      folder_.reset();
      return nullptr;
    }
    if (!folder_) {
      if (auto opened = env.openFolder(path)) folder_ = std::move(*opened);
    }
    return folder_;
  }
  void forget() {
    const std::lock_guard guard(mutex_);
    group_ = -1;
    folder_.reset();
  }

 private:
  std::mutex mutex_;
  MessageId group_ = -1;
  std::shared_ptr<env::Folder> folder_;
};

}  // namespace posthouse::store
