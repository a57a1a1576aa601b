// A circuit breaker: after several faults in a row nothing is called for a while, then one call is tried.
// The pause doubles with every trial that fails, up to a bound. Threads: all from any thread.
#pragma once

#include <chrono>
#include <mutex>

namespace posthouse::pipeline {

struct BreakerOptions {
  int faults = 5;
  std::chrono::milliseconds first{1000};
  std::chrono::milliseconds longest{60000};
};

class Breaker {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State { Closed, Open, Trial };
  enum class Admission { No, Yes, Trial };
  enum class Change { None, Opened, Longer, Closed };

  explicit Breaker(BreakerOptions options = {}) : options_(options), pause_(options.first) {}

  // Every Yes and Trial ends with one of succeeded(), failed() and dropped().
  Admission admit(Clock::time_point now);
  Change succeeded(Admission admission);
  // Longer: it was the trial, and the next one comes later.
  Change failed(Admission admission, Clock::time_point now);
  // It was not called after all.
  void dropped(Admission admission);

  State state() const;
  std::chrono::milliseconds pause() const;

 private:
  const BreakerOptions options_;
  mutable std::mutex mutex_;
  State state_ = State::Closed;
  int faults_ = 0;
  std::chrono::milliseconds pause_;
  Clock::time_point until_;
};

}  // namespace posthouse::pipeline
