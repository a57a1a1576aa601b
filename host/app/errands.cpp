#include "app/errands.hpp"

#include <unistd.h>

#include <csignal>

namespace posthouse::app {
namespace {
const ph::Error kEnding{ph::Kind::Cancelled, "the server is about to end"};
}  // namespace

ph::Status Errands::run(Work work) {
  Errand errand{std::move(work), {}, false};
  std::unique_lock lock(mutex_);
  if (closed_) return kEnding;
  waiting_.push_back(&errand);
  ::kill(::getpid(), SIGUSR1);
  over_.wait(lock, [&] { return errand.over; });
  return errand.result;
}

void Errands::carryOut() {
  std::unique_lock lock(mutex_);
  while (!waiting_.empty()) {
    Errand& errand = *waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    ph::Status result = errand.work();
    lock.lock();
    errand.result = std::move(result);
    errand.over = true;
    over_.notify_all();
  }
}

void Errands::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  for (Errand* errand : waiting_) {
    errand->result = kEnding;
    errand->over = true;
  }
  waiting_.clear();
  over_.notify_all();
}

}  // namespace posthouse::app
