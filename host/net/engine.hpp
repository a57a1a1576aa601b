// The event loop: parks things that wait on a descriptor, runs them on workers when there is something to do.
//
// A Parked object is never run twice at once. One worker at a time has the seat: it waits in epoll_wait, takes a few
// events, runs them and waits again, so that short runs cost no change of threads. It leaves the seat to another one
// before runs that are long as of late, or when those it took last longer than they should. Whenever fewer workers than
// the minimum are free of a run that takes long another is started, up to a maximum, and gets what the long ones had
// taken, so that those that block for a moment never stop the others. Threads: all from any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "jobs/crew.hpp"

namespace posthouse::net {

using Clock = std::chrono::steady_clock;

// Why something runs. The numbers below 0x10000 are free for the object (see Engine::wake).
inline constexpr uint32_t kWhyReady = 0x10000;    // the descriptor became readable, writable or broken
inline constexpr uint32_t kWhyTimeout = 0x20000;  // the deadline passed
inline constexpr uint32_t kWhyHangup = 0x40000;   // with kWhyReady: the other end sends no more, or it is broken

// What it waits for next.
enum class Park {
  Nothing = 0,  // only wake() and the deadline
  Read = 1,
  Write = 2,
  ReadWrite = 3,
  Again = 4,  // has more to do; gives others a turn first
  Close = 5,  // forget it
  // As Read, of who has read all there was and keeps its descriptor: told of what comes anew, nothing is to be armed.
  // Not after kWhyHangup: the end that was told then is not told again.
  ReadEmpty = 6,
};

class Engine;

class Parked {
 public:
  virtual ~Parked() = default;
  // May become another one in run(), once the old one is closed. -1: none, until then only wakes and the deadline.
  virtual int fd() const = 0;
  // Must not throw and must not block for long.
  virtual Park run(uint32_t why) = 0;
  uint64_t engineId() const { return id_; }

 protected:
  // Call from run() (or before add): when to be run with kWhyTimeout at the latest.
  void setDeadline(std::optional<Clock::time_point> at) { deadline_ = at; }
  std::optional<Clock::time_point> deadline() const { return deadline_; }

 private:
  friend class Engine;
  uint64_t id_ = 0;
  std::atomic<uint32_t> state_{0};
  std::optional<Clock::time_point> deadline_;
  std::optional<Clock::time_point> inHeap_;
  bool edge_ = false;  // armed for ReadEmpty
};

class Engine {
 public:
  Engine(size_t minWorkers, size_t maxWorkers);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // A number for an object before it is added, so that it can tell others who it is. They begin with the microseconds
  // of the clock, so no number comes again after a restart.
  uint64_t reserveId() { return nextId_.fetch_add(1, std::memory_order_relaxed); }
  // Owns `parked` from now on and runs it soon with `why`. False: no descriptor watch could be had.
  bool add(std::shared_ptr<Parked> parked, uint64_t id, uint32_t why);
  // Runs it soon with `why` (bits below 0x10000). False: no such object.
  bool wake(uint64_t id, uint32_t why);
  size_t size() const;

 private:
  static constexpr uint32_t kRunning = 0x80000000;
  static constexpr size_t kShards = 16;
  static constexpr size_t kBatch = 16;  // of epoll, and as many of the queue
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<uint64_t, std::shared_ptr<Parked>> map;
  };

  Shard& shard(uint64_t id) { return shards_[id % kShards]; }
  std::shared_ptr<Parked> find(uint64_t id);
  void enqueue(uint64_t id);
  void signal();
  struct Event {
    uint64_t id = 0;
    uint32_t why = 0;  // 0: claimed already, by whoever enqueued it
  };
  struct Worker {
    std::atomic<uint32_t> since{0};        // the watch's turn in which its present run began; 0: none
    std::mutex mutex;                      // of the rest
    std::array<Event, 2 * kBatch> events;  // taken, from `next` on not yet run
    size_t next = 0;
    size_t count = 0;
  };
  void startWorker();
  void work();
  bool sit(Worker& worker);
  void leaveSeat(Worker& worker);
  bool take(Worker& worker);
  void addQueued(Worker& worker);
  void runBatch(Worker& worker);
  void beWatched();
  std::optional<Event> nextEvent(Worker& worker);
  void runEvent(Worker& worker, const Event& event);
  void watchWorkers();
  void timers();
  void runLoop(const std::shared_ptr<Parked>& p);
  void schedule(Parked& p);
  bool watch(Parked& p, uint32_t events);

  const size_t minWorkers_;
  const size_t maxWorkers_;
  int epoll_ = -1;
  int event_ = -1;
  std::atomic<uint64_t> nextId_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> workers_{0};
  std::array<Shard, kShards> shards_;
  std::mutex queueMutex_;
  std::deque<uint64_t> queue_;
  bool signalled_ = false;  // the seat's worker will look at the queue
  std::mutex seatMutex_;
  std::condition_variable seatFree_;
  std::atomic<Worker*> seat_{nullptr};  // changed under seatMutex_
  std::atomic<bool> polling_{false};    // the seat's worker waits, nothing is in the way of an event
  std::atomic<int64_t> cost_{0};        // ns, of a run, as of late
  std::mutex crewMutex_;
  std::vector<std::shared_ptr<Worker>> all_;
  std::atomic<uint32_t> turn_{1};
  std::atomic<bool> watching_{false};
  std::atomic<uint32_t> batches_{0};
  uint32_t seenBatches_ = 0;  // the watch's own
  int quietTurns_ = 0;
  jobs::Crew crew_;
  std::mutex timerMutex_;
  std::condition_variable timerWake_;
  std::multimap<Clock::time_point, uint64_t> heap_;
  std::thread timer_;
};

}  // namespace posthouse::net
