#include "net/engine.hpp"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "log/log.hpp"

namespace posthouse::net {
namespace {
const log::Log kLog("net");
constexpr int kIdleLifeMs = 5000;
constexpr uint64_t kEventId = 0;

uint64_t firstId() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint64_t>(
      std::max<int64_t>(1, std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}
}  // namespace

Engine::Engine(size_t minWorkers, size_t maxWorkers)
    : minWorkers_(minWorkers), maxWorkers_(maxWorkers), nextId_(firstId()) {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  event_ = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
  if (epoll_ < 0 || event_ < 0) throw std::system_error(errno, std::generic_category(), "event loop");
  epoll_event e{};
  e.events = EPOLLIN | EPOLLONESHOT;
  e.data.u64 = kEventId;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &e);
  for (size_t i = 0; i < minWorkers_; ++i) startWorker();
  timer_ = std::thread([this] { timers(); });
}

Engine::~Engine() {
  stopping_ = true;
  timerWake_.notify_all();
  timer_.join();
  // One token per worker: the semaphore wakes exactly that many.
  const uint64_t tokens = maxWorkers_ + 1;
  [[maybe_unused]] const ssize_t n = ::write(event_, &tokens, sizeof tokens);
  crew_.join();
  for (auto& s : shards_) s.map.clear();
  ::close(event_);
  ::close(epoll_);
}

void Engine::startWorker() {
  ++workers_;
  if (!crew_.start([this] { work(); })) --workers_;
}

std::shared_ptr<Parked> Engine::find(uint64_t id) {
  Shard& s = shard(id);
  std::lock_guard lock(s.mutex);
  const auto i = s.map.find(id);
  return i == s.map.end() ? nullptr : i->second;
}

size_t Engine::size() const {
  size_t n = 0;
  for (const auto& s : shards_) {
    std::lock_guard lock(s.mutex);
    n += s.map.size();
  }
  return n;
}

void Engine::enqueue(uint64_t id) {
  {
    std::lock_guard lock(queueMutex_);
    queue_.push_back(id);
  }
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(event_, &one, sizeof one);
}

bool Engine::add(std::shared_ptr<Parked> parked, uint64_t id, uint32_t why) {
  Parked& p = *parked;
  p.id_ = id;
  // Claimed before it is visible: otherwise a wake could run it while it is still being set up.
  p.state_.store(kRunning | why, std::memory_order_release);
  {
    Shard& s = shard(id);
    std::lock_guard lock(s.mutex);
    s.map.emplace(id, parked);
  }
  if (p.fd() >= 0 && !watch(p, EPOLLONESHOT)) {
    Shard& s = shard(id);
    std::lock_guard lock(s.mutex);
    s.map.erase(id);
    return false;
  }
  enqueue(id);
  return true;
}

// The descriptor may be another one than last time; a closed one has left epoll by itself.
bool Engine::watch(Parked& p, uint32_t events) {
  epoll_event e{};
  e.events = events;
  e.data.u64 = p.id_;
  if (epoll_ctl(epoll_, EPOLL_CTL_MOD, p.fd(), &e) == 0) return true;
  return errno == ENOENT && epoll_ctl(epoll_, EPOLL_CTL_ADD, p.fd(), &e) == 0;
}

bool Engine::wake(uint64_t id, uint32_t why) {
  const auto p = find(id);
  if (!p) return false;
  if ((p->state_.fetch_or(why | kRunning, std::memory_order_acq_rel) & kRunning) == 0) enqueue(id);
  return true;
}

// One shot: otherwise every idle worker would wake for every token.
void Engine::armQueue() {
  epoll_event e{};
  e.events = EPOLLIN | EPOLLONESHOT;
  e.data.u64 = kEventId;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, event_, &e);
}

void Engine::work() {
  pthread_setname_np(pthread_self(), "session");
  ++idle_;
  for (;;) {
    epoll_event e{};
    const int n = epoll_wait(epoll_, &e, 1, kIdleLifeMs);
    if (stopping_) {
      armQueue();  // for the next one
      break;
    }
    if (n < 0) continue;
    if (n == 0) {
      // Nothing to do for a while: one of the extra workers may leave.
      int now = workers_.load();
      if (now > static_cast<int>(minWorkers_) && workers_.compare_exchange_strong(now, now - 1)) {
        --idle_;
        return;
      }
      continue;
    }
    std::shared_ptr<Parked> p;
    if (e.data.u64 == kEventId) {
      uint64_t token = 0;
      const bool taken = ::read(event_, &token, sizeof token) == sizeof token;
      armQueue();
      if (!taken) continue;
      uint64_t id = 0;
      {
        std::lock_guard lock(queueMutex_);
        if (queue_.empty()) continue;
        id = queue_.front();
        queue_.pop_front();
      }
      p = find(id);  // claimed already by whoever enqueued it
      if (!p) continue;
    } else {
      p = find(e.data.u64);
      if (!p) continue;
      const uint32_t why = kWhyReady | ((e.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) ? kWhyHangup : 0);
      if (p->state_.fetch_or(why | kRunning, std::memory_order_acq_rel) & kRunning) continue;
    }
    if (idle_.fetch_sub(1) == 1 && workers_.load() < static_cast<int>(maxWorkers_)) startWorker();
    runLoop(p);
    p.reset();
    ++idle_;
  }
  --idle_;
  --workers_;
}

void Engine::runLoop(const std::shared_ptr<Parked>& p) {
  for (;;) {
    uint32_t why = p->state_.exchange(kRunning, std::memory_order_acq_rel) & ~kRunning;
    if (why & kWhyTimeout) {
      // The heap entry may be older than the deadline: activity moves deadlines without touching the heap.
      p->inHeap_.reset();
      if (!p->deadline_ || Clock::now() < *p->deadline_) why &= ~kWhyTimeout;
    }
    Park park = Park::Close;
    try {
      park = p->run(why);
    } catch (const std::exception& e) {
      kLog.error("exception in a session", {{"what", e.what()}});
    }
    if (park == Park::Close) {
      epoll_ctl(epoll_, EPOLL_CTL_DEL, p->fd(), nullptr);
      Shard& s = shard(p->id_);
      std::lock_guard lock(s.mutex);
      s.map.erase(p->id_);
      return;  // kRunning stays set: late wakes find a claimed object and do nothing
    }
    schedule(*p);
    if (park == Park::Again) {
      enqueue(p->id_);
      return;  // still claimed
    }
    if (park == Park::ReadEmpty) {
      if (!std::exchange(p->edge_, true)) watch(*p, EPOLLET | EPOLLIN | EPOLLRDHUP);
    } else if (std::exchange(p->edge_, false) && park == Park::Nothing) {
      watch(*p, EPOLLONESHOT);
    }
    const auto bits = static_cast<uint32_t>(park);
    const uint32_t events = EPOLLONESHOT | ((bits & 1) ? EPOLLIN | EPOLLRDHUP : 0u) | ((bits & 2) ? EPOLLOUT : 0u);
    uint32_t expected = kRunning;
    if (p->state_.compare_exchange_strong(expected, 0, std::memory_order_acq_rel)) {
      if (park != Park::Nothing && park != Park::ReadEmpty) watch(*p, events);
      return;
    }
  }
}

void Engine::schedule(Parked& p) {
  if (!p.deadline_ || (p.inHeap_ && *p.inHeap_ <= *p.deadline_)) return;
  std::lock_guard lock(timerMutex_);
  const auto at = heap_.emplace(*p.deadline_, p.id_);
  p.inHeap_ = p.deadline_;
  if (at == heap_.begin()) timerWake_.notify_one();
}

void Engine::timers() {
  pthread_setname_np(pthread_self(), "deadlines");
  std::unique_lock lock(timerMutex_);
  while (!stopping_) {
    if (heap_.empty()) {
      timerWake_.wait_for(lock, std::chrono::seconds(1));
      continue;
    }
    const auto at = heap_.begin()->first;
    if (Clock::now() < at) {
      timerWake_.wait_until(lock, std::min(at, Clock::now() + std::chrono::seconds(1)));
      continue;
    }
    const uint64_t id = heap_.begin()->second;
    heap_.erase(heap_.begin());
    lock.unlock();
    wake(id, kWhyTimeout);
    lock.lock();
  }
}

}  // namespace posthouse::net
