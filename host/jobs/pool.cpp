#include "jobs/pool.hpp"

#include <pthread.h>

#include <chrono>

#include "log/log.hpp"

namespace posthouse::jobs {
namespace {
const log::Log kLog("jobs");
constexpr auto kIdleLife = std::chrono::seconds(10);
}  // namespace

Pool::Pool(std::string name, size_t maxThreads, size_t maxQueue)
    : name_(std::move(name)), maxThreads_(maxThreads), maxQueue_(maxQueue) {}

Pool::~Pool() {
  stop();
}

bool Pool::run(std::function<void()> task) {
  std::unique_lock lock(mutex_);
  if (stopping_ || queue_.size() >= maxQueue_) return false;
  queue_.push_back(std::move(task));
  if (idle_ >= queue_.size() || threads_ >= maxThreads_ + overtime_) {
    lock.unlock();
    wake_.notify_one();
    return true;
  }
  grow();
  if (threads_ > overtime_) return true;
  queue_.pop_back();  // nobody would ever run it
  return false;
}

void Pool::grow() {
  ++threads_;
  if (!crew_.start([this] { work(); })) {
    --threads_;
  }
}

void Pool::overtime(int change) {
  std::lock_guard lock(mutex_);
  overtime_ += static_cast<size_t>(change);
  // Tasks may have come while all threads were busy.
  if (change > 0 && idle_ < queue_.size() && threads_ < maxThreads_ + overtime_) grow();
}

void Pool::work() {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  std::unique_lock lock(mutex_);
  for (;;) {
    if (queue_.empty()) {
      if (stopping_) break;
      ++idle_;
      const bool woken = wake_.wait_for(lock, kIdleLife, [this] { return !queue_.empty() || stopping_; });
      --idle_;
      if (!woken) break;
      continue;
    }
    auto task = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    try {
      task();
    } catch (const std::exception& e) {
      kLog.error("exception in a task", {{"pool", name_}, {"what", e.what()}});
    }
    task = nullptr;  // its captures end outside the lock
    lock.lock();
  }
  --threads_;
  ended_.notify_all();
}

bool Pool::stop(std::optional<std::chrono::milliseconds> patience) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  wake_.notify_all();
  const auto ended = [this] { return threads_ == 0; };
  if (patience) {
    if (!ended_.wait_for(lock, *patience, ended)) return false;
  } else {
    ended_.wait(lock, ended);
  }
  lock.unlock();
  crew_.join();
  return true;
}

size_t Pool::threads() const {
  std::lock_guard lock(mutex_);
  return threads_;
}

size_t Pool::waiting() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

}  // namespace posthouse::jobs
