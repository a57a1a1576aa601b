#include "store/memory_gate.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace posthouse::store {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);
std::mutex gMutex;
std::condition_variable gFreed;
std::uint64_t gHeld = 0;

}  // namespace

ph::Result<MemoryGate> MemoryGate::enter(std::uint64_t bytes) {
  if (bytes <= kSmall) return MemoryGate(0);
  std::unique_lock lock(gMutex);
  const bool entered = gFreed.wait_for(lock, kPatience, [bytes] { return gHeld == 0 || gHeld + bytes <= kTogether; });
  if (!entered) return ph::Error{ph::Kind::Temporary, "too many large messages at once"};
  gHeld += bytes;
  return MemoryGate(bytes);
}

MemoryGate::MemoryGate(MemoryGate&& other) noexcept : bytes_(std::exchange(other.bytes_, 0)) {}

void MemoryGate::leave() {
  if (bytes_ == 0) return;
  {
    std::lock_guard lock(gMutex);
    gHeld -= std::exchange(bytes_, 0);
  }
  gFreed.notify_all();
}

}  // namespace posthouse::store
