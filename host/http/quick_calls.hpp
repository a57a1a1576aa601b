// Calls of quick handlers, on the session's own thread: no hand-over, no wake.
//
// Guarantees: a handler that takes longer than kQuick once is quick no more: its route is answered by the hook pool
// from then on, where a late one harms nobody else. One that does not come back is counted as late, then as stuck.
// Threads: run() on sessions' threads, the watch on the timers'.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "http/exchange.hpp"
#include "http/router.hpp"
#include "jobs/timers.hpp"

namespace posthouse::http {

class QuickCalls {
 public:
  static constexpr auto kQuick = std::chrono::milliseconds(100);
  using Clock = std::chrono::steady_clock;

  explicit QuickCalls(jobs::Timers& timers);
  ~QuickCalls();
  QuickCalls(const QuickCalls&) = delete;
  QuickCalls& operator=(const QuickCalls&) = delete;

  // The whole body is there. Completes the exchange. False: the handler may not be called now.
  bool run(const RoutePtr& route, Exchange& exchange);

 private:
  struct Slot {  // of a thread
    std::mutex mutex;
    const Route* route = nullptr;  // runs now
    Clock::time_point since;
    bool late = false;
    bool stuck = false;
  };
  Slot& slot();
  void watch();

  jobs::Timers& timers_;
  const uint64_t number_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Slot>> slots_;
  uint64_t timer_ = 0;
};

}  // namespace posthouse::http
