// When a recipient is tried again, and how often. Pure functions of their arguments. RFC 5321 4.5.4.1.
#pragma once

#include <cstdint>
#include <functional>

namespace posthouse::queue {

constexpr int kMaxAttempts = 8;
constexpr int kTellDelayAfter = 5;    // attempts
constexpr int64_t kFirstRetry = 450;  // seconds; each further delay is twice the one before
constexpr int64_t kRetryJitter = 5;   // seconds more or less, before doubling

// The delay after attempt number `attempt` (from 1). `random(n)` gives 0 to n-1.
inline int64_t retryDelay(int attempt, const std::function<uint32_t(uint32_t)>& random) {
  const int64_t jitter = static_cast<int64_t>(random(2 * kRetryJitter + 1)) - kRetryJitter;
  const int doublings = attempt < 1 ? 0 : attempt > 20 ? 19 : attempt - 1;
  return (kFirstRetry + jitter) << doublings;
}

// From attempt number `attempt` to the last one, without jitter.
inline int64_t retriesLeft(int attempt, int maxAttempts) {
  int64_t all = 0;
  for (int i = attempt; i < maxAttempts && i < 40; ++i) all += kFirstRetry << (i < 20 ? i - 1 : 19);
  return all;
}

}  // namespace posthouse::queue
