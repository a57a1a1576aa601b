// A bounded pool of worker threads that grows on demand and shrinks when idle.
// Guarantees: a task that was accepted runs exactly once; tasks of the same pool may run in any order.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "jobs/crew.hpp"

namespace posthouse::jobs {

class Pool {
 public:
  // At most `maxThreads` threads and `maxQueue` waiting tasks.
  Pool(std::string name, size_t maxThreads, size_t maxQueue);
  ~Pool();  // finishes what was accepted, then joins
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // False: the queue is full, or the pool is stopping; the task was not taken. Any thread.
  [[nodiscard]] bool run(std::function<void()> task);
  // A task that is over its time (`change` 1) does not count for the maximum until it returns (-1).
  void overtime(int change);
  // Accepts no more, waits until all accepted tasks ended. False: some still run after `patience`; the pool must not be
  // destroyed then.
  bool stop(std::optional<std::chrono::milliseconds> patience = {});

  size_t threads() const;
  size_t waiting() const;

 private:
  void work();
  void grow();

  const std::string name_;
  const size_t maxThreads_;
  const size_t maxQueue_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable ended_;
  std::deque<std::function<void()>> queue_;
  size_t threads_ = 0;
  size_t idle_ = 0;
  size_t overtime_ = 0;
  bool stopping_ = false;
  Crew crew_;
};

}  // namespace posthouse::jobs
