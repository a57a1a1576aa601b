// Timers: run a short function at a moment, once or periodically, on the timer thread.
// The function must be quick (hand work to a Pool). Threads: all methods from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace posthouse::jobs {

class Timers {
 public:
  using Clock = std::chrono::steady_clock;
  Timers();
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  // `period` zero: once.
  uint64_t add(Clock::duration delay, Clock::duration period, std::function<void()> fn);
  // False when it does not exist any more. After return fn will not run; it may be running right now.
  bool cancel(uint64_t id);
  // Nothing runs any more afterwards; add() is then without effect.
  void stop();

 private:
  struct Entry {
    uint64_t id;
    Clock::duration period;
    std::function<void()> fn;
  };
  void work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<Clock::time_point, Entry> entries_;
  std::unordered_map<uint64_t, decltype(entries_)::iterator> byId_;
  uint64_t nextId_ = 1;
  uint64_t running_ = 0;
  bool runningCancelled_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace posthouse::jobs
