// Work that only the main thread does (plugins and configuration change there), given to it by others.
// Guarantees: one errand after the other; after close() none begins and nobody waits. Threads: run() on any but the
// main thread; the rest on the main thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

#include "ph/result.hpp"

namespace posthouse::app {

class Errands {
 public:
  using Work = std::function<ph::Status()>;
  // Returns what `work` did. Cancelled: the server ends.
  ph::Status run(Work work);
  // All that wait now. The main thread gets SIGUSR1 when there are some.
  void carryOut();
  void close();

 private:
  struct Errand {
    Work work;
    ph::Status result;
    bool over = false;
  };
  std::mutex mutex_;
  std::condition_variable over_;
  std::deque<Errand*> waiting_;
  bool closed_ = false;
};

}  // namespace posthouse::app
