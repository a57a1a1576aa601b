#include "client/transport.hpp"

#include <chrono>

namespace ph_smtp::client {

Transport::Transport(const ph::Host& host)
    : host_(host),
      offer_(
          host, "smtp", [this](ph::Attempt a) { return begin(a); }, [this](ph_attempt* a) { cancel(a); }) {}

ph::Status Transport::offer() {
  if (!offer_) return {};
  means_ = std::make_unique<const Means>(host_);
  return offer_.offer();
}

ph::Status Transport::begin(ph::Attempt attempt) {
  std::shared_ptr<Sending> sending;
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return ph::Error{ph::Kind::Cancelled, "the plugin is stopping"};
    ++busy_;
    // The token goes with the last use of the function, which is after the attempt's end().
    const std::shared_ptr<void> token(this, [](Transport* t) { t->ended(); });
    sending = std::make_shared<Sending>(*means_, attempt, [this, token](ph_attempt* a) { forget(a); });
    attempts_.emplace(attempt.raw(), sending);
  }
  sending->start();
  return {};
}

void Transport::cancel(ph_attempt* attempt) {
  std::shared_ptr<Sending> sending;
  {
    const std::lock_guard lock(mutex_);
    const auto found = attempts_.find(attempt);
    if (found == attempts_.end()) return;
    sending = found->second;
  }
  sending->cancel();
}

void Transport::forget(ph_attempt* attempt) {
  const std::lock_guard lock(mutex_);
  attempts_.erase(attempt);
}

void Transport::ended() {
  const std::lock_guard lock(mutex_);
  --busy_;
  ended_.notify_all();
}

void Transport::drain(uint32_t ms) {
  std::unique_lock lock(mutex_);
  draining_ = true;
  for (const auto& [raw, sending] : attempts_) sending->cancel();
  ended_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return busy_ == 0; });
}

}  // namespace ph_smtp::client
