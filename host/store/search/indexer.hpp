// Indexer: one thread that keeps the search.db of open accounts up to date, behind everything else.
// Guarantees: wake() costs a lock; work on an account begins when it is quiet, or has waited long; an account that is
// closed meanwhile is left until it is opened again.
// Threads: any. The destructor waits for the message that is being indexed: a thread that yields to everybody could
// take minutes for a whole step.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "ph/result.hpp"

namespace posthouse::store {

class Account;

namespace search {

struct Pace {
  std::chrono::milliseconds quiet{1000};      // no new mail for so long
  std::chrono::milliseconds longest{30'000};  // or this long after the first
  std::chrono::milliseconds afterFailure{60'000};
};

class Indexer {
 public:
  // nullptr: it is not open.
  using Find = std::function<std::shared_ptr<Account>(const std::string& account)>;
  Indexer(Find find, Pace pace);
  ~Indexer();
  Indexer(const Indexer&) = delete;
  Indexer& operator=(const Indexer&) = delete;

  // There is something new in the account, or it was opened.
  void wake(const std::string& account);

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    Clock::time_point first, last;
  };
  void work();
  // The account that is due; none: `next` is when to look again.
  std::string due(Clock::time_point now, Clock::time_point& next) const;
  void index(const std::string& name);

  const Find find_;
  const Pace pace_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Waiting> waiting_;
  std::shared_ptr<Account> current_;  // that a step is for
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace search
}  // namespace posthouse::store
