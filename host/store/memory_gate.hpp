// Bounds what all appends together hold in memory: large messages wait for each other.
// Guarantees: at most kTogether bytes, or one message alone; small messages never wait. Threads: any; enter() blocks.
#pragma once

#include <cstdint>

#include "ph/result.hpp"

namespace posthouse::store {

class MemoryGate {
 public:
  static constexpr std::uint64_t kSmall = 256 * 1024;
  static constexpr std::uint64_t kTogether = 64 * 1024 * 1024;

  // Temporary: the others took too long.
  static ph::Result<MemoryGate> enter(std::uint64_t bytes);
  MemoryGate(MemoryGate&& other) noexcept;
  MemoryGate& operator=(MemoryGate&&) = delete;
  ~MemoryGate() { leave(); }
  void leave();

 private:
  explicit MemoryGate(std::uint64_t bytes) : bytes_(bytes) {}
  std::uint64_t bytes_;  // 0: none are held
};

}  // namespace posthouse::store
