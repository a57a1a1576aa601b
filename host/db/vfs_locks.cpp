// In-memory locks for SQLite, see vfs_locks.hpp. The state machine is the one sqlite3.h documents for xLock and
// xShmLock.
#include "db/vfs_locks.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace posthouse::db {

int FileLocks::lock(Holder& holder, int level) {
  const std::lock_guard guard(mutex_);
  if (holder.level >= level) return SQLITE_OK;
  if (holder.level < SQLITE_LOCK_SHARED) {
    if (pending_ || exclusive_) return SQLITE_BUSY;
    ++sharedHolders_;
    holder.level = SQLITE_LOCK_SHARED;
    if (level == SQLITE_LOCK_SHARED) return SQLITE_OK;
  }
  if (holder.level < SQLITE_LOCK_RESERVED) {
    if (reserved_) return SQLITE_BUSY;
    reserved_ = true;
    holder.level = SQLITE_LOCK_RESERVED;
    if (level == SQLITE_LOCK_RESERVED) return SQLITE_OK;
  }
  pending_ = true;  // no new readers from here on
  holder.level = SQLITE_LOCK_PENDING;
  if (sharedHolders_ > 1) return SQLITE_BUSY;
  exclusive_ = true;
  holder.level = SQLITE_LOCK_EXCLUSIVE;
  return SQLITE_OK;
}

void FileLocks::unlock(Holder& holder, int level) {
  const std::lock_guard guard(mutex_);
  if (holder.level <= level) return;
  if (holder.level >= SQLITE_LOCK_RESERVED) reserved_ = false;
  if (holder.level >= SQLITE_LOCK_PENDING) pending_ = false;
  if (holder.level >= SQLITE_LOCK_EXCLUSIVE) exclusive_ = false;
  if (level == SQLITE_LOCK_NONE) --sharedHolders_;
  holder.level = level;
}

bool FileLocks::reserved() const {
  const std::lock_guard guard(mutex_);
  return reserved_;
}

int FileLocks::lockSlots(Holder& holder, int first, int count, bool exclusive) {
  const std::lock_guard guard(mutex_);
  const auto mask = static_cast<std::uint8_t>(((1 << count) - 1) << first);
  if (exclusive) {
    if ((holder.exclusive & mask) == mask) return SQLITE_OK;
    for (int i = first; i < first + count; ++i)
      if (slots_[i] != 0 && (holder.exclusive >> i & 1) == 0) return SQLITE_BUSY;
    for (int i = first; i < first + count; ++i) slots_[i] = -1;
    holder.exclusive |= mask;
    return SQLITE_OK;
  }
  if ((holder.shared & mask) == mask) return SQLITE_OK;
  for (int i = first; i < first + count; ++i)
    if (slots_[i] < 0) return SQLITE_BUSY;
  for (int i = first; i < first + count; ++i)
    if ((holder.shared >> i & 1) == 0) ++slots_[i];
  holder.shared |= mask;
  return SQLITE_OK;
}

void FileLocks::unlockSlots(Holder& holder, int first, int count) {
  const std::lock_guard guard(mutex_);
  for (int i = first; i < first + count; ++i) {
    if (holder.exclusive >> i & 1) slots_[i] = 0;
    if (holder.shared >> i & 1) --slots_[i];
  }
  const auto keep = static_cast<std::uint8_t>(~(((1 << count) - 1) << first));
  holder.exclusive &= keep;
  holder.shared &= keep;
}

void* FileLocks::region(int index, int size, bool extend) {
  const std::lock_guard guard(mutex_);
  if (static_cast<std::size_t>(index) >= regions_.size()) {
    if (!extend) return nullptr;
    while (regions_.size() <= static_cast<std::size_t>(index))
      regions_.push_back(std::make_unique<std::uint64_t[]>(static_cast<std::size_t>(size) / 8));
  }
  return regions_[static_cast<std::size_t>(index)].get();
}

void FileLocks::join() {
  const std::lock_guard guard(mutex_);
  ++members_;
}

void FileLocks::leave() {
  const std::lock_guard guard(mutex_);
  if (--members_ == 0) regions_.clear();
}

}  // namespace posthouse::db
