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
// A run that has lasted two turns of the watch is a long one.
constexpr auto kTurn = std::chrono::milliseconds(2);

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

// Waits for events. False: this worker ends.
bool Engine::take(Worker& worker) {
  std::array<epoll_event, std::tuple_size_v<decltype(worker.events)>> ready;
  const int n = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), kIdleLifeMs);
  if (stopping_) {
    armQueue();  // for the next one
    return false;
  }
  if (n == 0) {
    // Nothing to do for a while: one of the extra workers may leave.
    int now = workers_.load();
    return now <= static_cast<int>(minWorkers_) || !workers_.compare_exchange_strong(now, now - 1);
  }
  std::lock_guard lock(worker.mutex);
  worker.next = worker.count = 0;
  for (int i = 0; i < n; ++i) {
    Event e{ready[static_cast<size_t>(i)].data.u64, kWhyReady};
    if (ready[static_cast<size_t>(i)].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) e.why |= kWhyHangup;
    if (e.id == kEventId) {
      uint64_t token = 0;
      const bool taken = ::read(event_, &token, sizeof token) == sizeof token;
      armQueue();
      if (!taken) continue;
      std::lock_guard queue(queueMutex_);
      if (queue_.empty()) continue;
      e = {queue_.front(), 0};
      queue_.pop_front();
    }
    worker.events[worker.count++] = e;
  }
  return true;
}

std::optional<Engine::Event> Engine::nextEvent(Worker& worker) {
  std::lock_guard lock(worker.mutex);
  if (worker.next == worker.count) return std::nullopt;
  return worker.events[worker.next++];
}

void Engine::runEvent(Worker& worker, const Event& event) {
  const auto p = find(event.id);
  if (!p) return;
  if (event.why != 0 && (p->state_.fetch_or(event.why | kRunning, std::memory_order_acq_rel) & kRunning)) return;
  worker.since.store(turn_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  runLoop(p);
  worker.since.store(0, std::memory_order_relaxed);
}

void Engine::work() {
  pthread_setname_np(pthread_self(), "session");
  const auto worker = std::make_shared<Worker>();
  {
    std::lock_guard lock(crewMutex_);
    all_.push_back(worker);
  }
  for (;;) {
    ++idle_;
    const bool stays = take(*worker);
    if (idle_.fetch_sub(1) == 1 && stays && !watching_) {
      // No idle one is left: from here on the watch looks whether they come back.
      std::lock_guard lock(timerMutex_);
      watching_ = true;
      timerWake_.notify_one();
    }
    if (!stays) break;
    while (const auto event = nextEvent(*worker)) runEvent(*worker, *event);
  }
  if (stopping_) --workers_;
  std::lock_guard lock(crewMutex_);
  std::erase(all_, worker);
}

void Engine::watchWorkers() {
  if (idle_ > 0) {
    watching_ = false;
    if (idle_ > 0) return;
    watching_ = true;  // the last one took work meanwhile
  }
  const uint32_t turn = turn_.fetch_add(1, std::memory_order_relaxed) + 1;
  size_t free = 0;
  std::vector<Event> left;
  {
    std::lock_guard lock(crewMutex_);
    for (const auto& w : all_) {
      const uint32_t since = w->since.load(std::memory_order_relaxed);
      if (since == 0 || turn - since < 2) {
        ++free;
        continue;
      }
      std::lock_guard events(w->mutex);
      for (; w->next < w->count; ++w->next) left.push_back(w->events[w->next]);
    }
  }
  if (free < minWorkers_ && workers_.load() < static_cast<int>(maxWorkers_)) startWorker();
  for (const auto& e : left) {
    if (e.why == 0) {
      enqueue(e.id);
    } else {
      wake(e.id, e.why);
    }
  }
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
  auto look = Clock::now();
  while (!stopping_) {
    const auto now = Clock::now();
    if (watching_ && now >= look) {
      lock.unlock();
      watchWorkers();
      look = now + kTurn;
      lock.lock();
      continue;
    }
    const auto next = now + (watching_ ? kTurn : std::chrono::seconds(1));
    if (heap_.empty() || now < heap_.begin()->first) {
      timerWake_.wait_until(lock, heap_.empty() ? next : std::min(heap_.begin()->first, next));
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
