// Threads that come and go, none of them detached: what libraries do when a thread ends (OpenSSL frees its random
// generators then) is over before whoever started it goes on, and before the process ends.
// Threads: any; join() and abandon() not from a thread of the crew.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace posthouse::jobs {

class Crew {
 public:
  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() { join(); }

  // False: the system gives no more threads. Collects those that have ended.
  bool start(std::function<void()> work);
  // Waits for all of them.
  void join();
  // Collects those that have ended and leaves the others to themselves, for good.
  void abandon();

 private:
  struct Member {
    std::thread thread;
    std::shared_ptr<std::atomic<bool>> ended;
  };
  std::list<Member> takeEnded();

  std::mutex mutex_;
  std::list<Member> members_;
};

}  // namespace posthouse::jobs
