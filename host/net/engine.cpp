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
constexpr auto kIdleLife = std::chrono::seconds(5);
constexpr uint64_t kEventId = 0;
// Runs above this are worth a change of threads each; a batch above that is worth one.
constexpr int64_t kLongRun = 50'000;  // ns
constexpr auto kLongBatch = std::chrono::microseconds(200);
// A run that has lasted two turns of the watch is a long one.
constexpr auto kTurn = std::chrono::milliseconds(2);
constexpr int kQuietTurns = 10;  // until the watch rests

uint64_t firstId() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint64_t>(
      std::max<int64_t>(1, std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}
}  // namespace

Engine::Engine(size_t minWorkers, size_t maxWorkers)
    : minWorkers_(minWorkers), maxWorkers_(maxWorkers), nextId_(firstId()) {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  event_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (epoll_ < 0 || event_ < 0) throw std::system_error(errno, std::generic_category(), "event loop");
  epoll_event e{};
  e.events = EPOLLIN | EPOLLET;  // each write tells, nobody needs to read
  e.data.u64 = kEventId;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &e);
  for (size_t i = 0; i < minWorkers_; ++i) startWorker();
  timer_ = std::thread([this] { timers(); });
}

Engine::~Engine() {
  stopping_ = true;
  timerWake_.notify_all();
  timer_.join();
  {
    std::lock_guard lock(seatMutex_);  // whoever is about to wait has not looked yet, or waits
  }
  seatFree_.notify_all();
  signal();
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

void Engine::signal() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(event_, &one, sizeof one);
}

void Engine::enqueue(uint64_t id) {
  {
    std::lock_guard lock(queueMutex_);
    queue_.push_back(id);
    if (std::exchange(signalled_, true)) return;
  }
  signal();
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

// Waits for the seat. False: this worker ends.
bool Engine::sit(Worker& worker) {
  std::unique_lock lock(seatMutex_);
  while (!seatFree_.wait_for(lock, kIdleLife, [&] { return stopping_ || !seat_.load(); })) {
    // Nothing to do for a while: one of the extra workers may leave.
    int now = workers_.load();
    if (now > static_cast<int>(minWorkers_) && workers_.compare_exchange_strong(now, now - 1)) return false;
  }
  if (stopping_) return false;
  seat_ = &worker;
  return true;
}

void Engine::leaveSeat(Worker& worker) {
  {
    std::lock_guard lock(seatMutex_);
    if (seat_ != &worker) return;
    seat_ = nullptr;
  }
  seatFree_.notify_one();
}

// Waits for events. False: the engine stops.
bool Engine::take(Worker& worker) {
  std::array<epoll_event, kBatch> ready;
  polling_ = true;
  const int n = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), -1);
  polling_ = false;
  if (stopping_) return false;
  std::lock_guard lock(worker.mutex);
  worker.next = worker.count = 0;
  bool queued = false;
  for (int i = 0; i < n; ++i) {
    const auto& e = ready[static_cast<size_t>(i)];
    if (e.data.u64 == kEventId) {
      queued = true;
      continue;
    }
    const bool hangup = (e.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    worker.events[worker.count++] = {e.data.u64, kWhyReady | (hangup ? kWhyHangup : 0)};
  }
  if (queued) addQueued(worker);
  return true;
}

void Engine::addQueued(Worker& worker) {
  {
    std::lock_guard lock(queueMutex_);
    for (; !queue_.empty() && worker.count < worker.events.size(); queue_.pop_front())
      worker.events[worker.count++] = {queue_.front(), 0};
    signalled_ = !queue_.empty();
    if (!signalled_) return;
  }
  signal();  // for the rest, behind what comes meanwhile
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

// While nobody waits for events the watch looks whether runs end.
void Engine::beWatched() {
  batches_.fetch_add(1, std::memory_order_relaxed);
  if (watching_) return;
  std::lock_guard lock(timerMutex_);
  watching_ = true;
  timerWake_.notify_one();
}

void Engine::runBatch(Worker& worker) {
  const auto begun = Clock::now();
  if (cost_.load(std::memory_order_relaxed) > kLongRun) leaveSeat(worker);
  int64_t runs = 0;
  auto taken = Clock::duration::zero();
  while (const auto event = nextEvent(worker)) {
    runEvent(worker, *event);
    ++runs;
    taken = Clock::now() - begun;
    if (taken > kLongBatch && seat_ == &worker) leaveSeat(worker);
  }
  if (runs == 0) return;
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(taken).count() / runs;
  cost_.store((cost_.load(std::memory_order_relaxed) * 7 + ns) / 8, std::memory_order_relaxed);
}

void Engine::work() {
  pthread_setname_np(pthread_self(), "session");
  const auto worker = std::make_shared<Worker>();
  {
    std::lock_guard lock(crewMutex_);
    all_.push_back(worker);
  }
  while (sit(*worker)) {
    while (seat_ == worker.get() && take(*worker)) {
      beWatched();
      runBatch(*worker);
    }
    if (stopping_) break;
  }
  leaveSeat(*worker);
  if (stopping_) --workers_;
  std::lock_guard lock(crewMutex_);
  std::erase(all_, worker);
}

void Engine::watchWorkers() {
  const uint32_t batches = batches_.load(std::memory_order_relaxed);
  quietTurns_ = std::exchange(seenBatches_, batches) == batches && polling_ ? quietTurns_ + 1 : 0;
  if (quietTurns_ > kQuietTurns) {
    quietTurns_ = 0;
    watching_ = false;
    if (polling_) return;
    watching_ = true;  // it took work meanwhile
  }
  const uint32_t turn = turn_.fetch_add(1, std::memory_order_relaxed) + 1;
  size_t free = 0;
  std::vector<Event> left;
  std::shared_ptr<Worker> seated;
  {
    std::lock_guard lock(crewMutex_);
    for (const auto& w : all_) {
      const uint32_t since = w->since.load(std::memory_order_relaxed);
      if (since == 0 || turn - since < 2) {
        ++free;
        continue;
      }
      if (seat_ == w.get()) seated = w;
      std::lock_guard events(w->mutex);
      for (; w->next < w->count; ++w->next) left.push_back(w->events[w->next]);
    }
  }
  if (seated) leaveSeat(*seated);
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
