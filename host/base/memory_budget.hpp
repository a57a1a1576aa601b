// What all connections' buffers and all messages being received may hold in memory together.
// Guarantees: exact as far as its users charge what they hold; asking costs one atomic load. Threads: any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace posthouse {

class MemoryBudget {
 public:
  // The process's one.
  static MemoryBudget& get();

  void setLimit(int64_t bytes) { limit_ = bytes; }
  int64_t limit() const { return limit_.load(std::memory_order_relaxed); }
  int64_t used() const { return used_.load(std::memory_order_relaxed); }
  // Then nobody may grow: new connections are refused, messages go to their files, buffers stay as small as they can.
  bool exhausted() const { return used() > limit(); }

  // A holder's share: its destructor gives everything back. One thread at a time.
  class Share {
   public:
    Share() = default;
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { set(0); }
    void set(size_t bytes) {
      if (bytes == held_) return;
      get().used_.fetch_add(static_cast<int64_t>(bytes) - static_cast<int64_t>(held_), std::memory_order_relaxed);
      held_ = bytes;
    }

   private:
    size_t held_ = 0;
  };

 private:
  std::atomic<int64_t> used_{0};
  std::atomic<int64_t> limit_{256 * 1024 * 1024};
};

}  // namespace posthouse
