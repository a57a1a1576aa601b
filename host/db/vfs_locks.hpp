// The locks SQLite asks a VFS for, kept in memory: one FileLocks per database file, one per-connection part each.
// Threads: any; every call is short and holds one mutex.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace posthouse::db {

// As documented in sqlite3.h: NONE < SHARED < RESERVED < PENDING < EXCLUSIVE, and eight WAL slots.
class FileLocks {
 public:
  static constexpr int kSlots = 8;

  // What one connection holds.
  struct Holder {
    int level = 0;
    std::uint8_t shared = 0;     // WAL slots, one bit each
    std::uint8_t exclusive = 0;  // likewise
  };

  // Each answers an SQLite result code: OK or BUSY.
  int lock(Holder& holder, int level);
  void unlock(Holder& holder, int level);
  bool reserved() const;
  int lockSlots(Holder& holder, int first, int count, bool exclusive);
  void unlockSlots(Holder& holder, int first, int count);

  // The WAL index in heap memory: region `index` of `size` bytes, made when `extend`; nullptr when it is not there.
  void* region(int index, int size, bool extend);
  void join();
  // The last one to leave drops the WAL index.
  void leave();

 private:
  mutable std::mutex mutex_;
  int sharedHolders_ = 0;
  bool reserved_ = false;
  bool pending_ = false;
  bool exclusive_ = false;
  std::array<int, kSlots> slots_{};  // -1: exclusive, n: that many share it
  std::vector<std::unique_ptr<std::uint64_t[]>> regions_;
  int members_ = 0;
};

}  // namespace posthouse::db
