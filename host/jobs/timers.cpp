#include "jobs/timers.hpp"

#include <pthread.h>

namespace posthouse::jobs {

Timers::Timers() : thread_([this] { work(); }) {}

Timers::~Timers() {
  stop();
}

void Timers::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

uint64_t Timers::add(Clock::duration delay, Clock::duration period, std::function<void()> fn) {
  std::lock_guard lock(mutex_);
  const uint64_t id = nextId_++;
  const auto at = entries_.emplace(Clock::now() + delay, Entry{id, period, std::move(fn)});
  byId_.emplace(id, at);
  if (at == entries_.begin()) wake_.notify_all();
  return id;
}

bool Timers::cancel(uint64_t id) {
  std::lock_guard lock(mutex_);
  if (id == running_) {
    runningCancelled_ = true;
    return true;
  }
  const auto i = byId_.find(id);
  if (i == byId_.end()) return false;
  entries_.erase(i->second);
  byId_.erase(i);
  return true;
}

void Timers::work() {
  pthread_setname_np(pthread_self(), "timers");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (entries_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto due = entries_.begin()->first;
    if (Clock::now() < due) {
      wake_.wait_until(lock, due);
      continue;
    }
    Entry entry = std::move(entries_.begin()->second);
    entries_.erase(entries_.begin());
    byId_.erase(entry.id);
    running_ = entry.id;
    runningCancelled_ = false;
    lock.unlock();
    entry.fn();
    lock.lock();
    running_ = 0;
    if (entry.period > Clock::duration::zero() && !runningCancelled_) {
      const auto next = Clock::now() + entry.period;
      const uint64_t id = entry.id;
      byId_.emplace(id, entries_.emplace(next, std::move(entry)));
    }
  }
}

}  // namespace posthouse::jobs
