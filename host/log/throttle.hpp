// Keeps a flood of one kind of event from becoming a flood of lines: so many a second, then only counted.
// Threads: any.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace posthouse::log {

class Throttle {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Throttle(uint32_t perSecond) : perSecond_(perSecond) {}

  // Nothing: write no line. Else write one, and say that so many were left out before it.
  std::optional<uint64_t> pass(Clock::time_point now = Clock::now()) {
    std::lock_guard lock(mutex_);
    if (now - begun_ >= std::chrono::seconds(1)) {
      begun_ = now;
      written_ = 0;
    }
    if (written_ >= perSecond_) {
      ++leftOut_;
      return std::nullopt;
    }
    ++written_;
    const uint64_t before = leftOut_;
    leftOut_ = 0;
    return before;
  }

 private:
  const uint32_t perSecond_;
  std::mutex mutex_;
  Clock::time_point begun_{};
  uint32_t written_ = 0;
  uint64_t leftOut_ = 0;
};

}  // namespace posthouse::log
