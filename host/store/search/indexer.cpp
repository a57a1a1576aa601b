#include "store/search/indexer.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "log/log.hpp"
#include "store/account.hpp"
#include "store/search/account_search.hpp"

namespace posthouse::store::search {
namespace {

const log::Log kLog("search");

// The least of what is still served: a thread that gets nothing at all would hold its locks against the others.
void becomeUnimportant() {
  pthread_setname_np(pthread_self(), "search");
  const auto self = static_cast<id_t>(::syscall(SYS_gettid));
  (void)::setpriority(PRIO_PROCESS, self, 19);
  constexpr int kWhoProcess = 1;
  constexpr int kBestEffort = 2 << 13;
  constexpr int kLowest = 7;
  (void)::syscall(SYS_ioprio_set, kWhoProcess, static_cast<int>(self), kBestEffort | kLowest);
}

}  // namespace

Indexer::Indexer(Find find, Pace pace) : find_(std::move(find)), pace_(pace), thread_([this] { work(); }) {}

Indexer::~Indexer() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
    if (current_) current_->search().hurry();
  }
  changed_.notify_all();
  thread_.join();
}

void Indexer::wake(const std::string& account) {
  const auto now = Clock::now();
  const std::lock_guard guard(mutex_);
  const auto [at, fresh] = waiting_.try_emplace(account, Waiting{now, now});
  at->second.last = std::max(at->second.last, now);
  // A sleeper looks again by itself; only one that had nothing to wait for must be told.
  if (fresh) changed_.notify_all();
}

std::string Indexer::due(Clock::time_point now, Clock::time_point& next) const {
  for (const auto& [name, w] : waiting_) {
    const auto when = std::min(w.last + pace_.quiet, w.first + pace_.longest);
    if (when <= now) return name;
    next = std::min(next, when);
  }
  return {};
}

void Indexer::work() {
  becomeUnimportant();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto now = Clock::now();
    auto next = Clock::time_point::max();
    const auto name = due(now, next);
    if (name.empty()) {
      changed_.wait_until(lock, next);
      continue;
    }
    waiting_.erase(name);
    lock.unlock();
    index(name);
    lock.lock();
  }
}

void Indexer::index(const std::string& name) {
  auto account = find_(name);
  if (!account) return;
  {
    const std::lock_guard guard(mutex_);
    if (stopping_) return;
    current_ = account;
  }
  const auto more = account->search().step();
  {
    const std::lock_guard guard(mutex_);
    current_.reset();
  }
  if (more && !*more) return;
  if (!more) kLog.warn("search.db is behind", {{"account", name}, {"reason", more.error().text}});
  // At its turn again, behind others that wait.
  const auto when = Clock::now() + (more ? std::chrono::milliseconds(0) : pace_.afterFailure);
  const std::lock_guard guard(mutex_);
  const auto first = when - pace_.longest;
  waiting_.insert_or_assign(name, Waiting{first, when - std::min(pace_.quiet, pace_.longest)});
}

}  // namespace posthouse::store::search
