// Which attempts run: the scheduling pass, one at a time, on the disk pool.
//
// A destination gets a second attempt beside the first only when that one has reached it (has taken a message), so that
// a dead one is met with one connection, whatever waits for it.
#include <algorithm>

#include "log/log.hpp"
#include "queue/carriers.hpp"
#include "queue/queue.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
constexpr size_t kLocalAttempts = 16;
constexpr size_t kLookAhead = 64;
constexpr int64_t kLongestSleep = 60;  // seconds: the clock may be set meanwhile
// While mail comes fast: looking for work after each message costs more than taking the message.
constexpr auto kBetweenPasses = std::chrono::milliseconds(10);

}  // namespace

// A job of ours in a pool; false: it will not run.
bool Queue::started(const std::function<void()>& work, jobs::Pool& pool) {
  {
    std::lock_guard lock(mutex_);
    if (!open_ || paused_) return false;
    ++running_;
  }
  if (pool.run([this, work] {
        work();
        ended();
      })) {
    return true;
  }
  ended();
  return false;
}

// The very last of a job: stop() waits for it, and then we may be gone.
void Queue::ended() {
  std::lock_guard lock(mutex_);
  --running_;
  idle_.notify_all();
}

void Queue::wake() {
  {
    std::lock_guard lock(mutex_);
    wanted_ = true;
    if (passing_ || !open_ || paused_) return;
    if (const auto wait = passed_ + kBetweenPasses - std::chrono::steady_clock::now(); wait.count() > 0) {
      if (soon_ != 0) return;
      soon_ = s_.timers.add(wait, {}, [this] {
        {
          std::lock_guard guard(mutex_);
          soon_ = 0;
        }
        wake();
      });
      return;
    }
    passing_ = true;
  }
  if (started([this] { pass(); }, s_.diskPool)) return;
  std::lock_guard lock(mutex_);
  passing_ = false;  // the sweeper's timer comes again
}

void Queue::pass() {
  {
    std::lock_guard lock(mutex_);
    wanted_ = false;
  }
  {
    std::lock_guard pick(pickMutex_);
    searched_.clear();  // something new may be due
  }
  begin(true);
  begin(false);
  arm();
  bool again = false;
  {
    std::lock_guard lock(mutex_);
    passing_ = false;
    passed_ = std::chrono::steady_clock::now();
    again = wanted_ && !paused_;
  }
  if (again) wake();
}

void Queue::begin(bool local) {
  size_t active = 0;
  size_t most = 0;
  {
    std::lock_guard lock(mutex_);
    if (!local && offers_.empty()) return;
    active = local ? localActive_ : active_.size() - localActive_;
    most = local ? kLocalAttempts : settings_->connections;
  }
  if (active >= most) return;
  // Those that can't begin must not stand before those that can.
  const size_t lookAhead = kLookAhead + (local ? 0 : carrierless_);
  if (!local) carrierless_ = 0;
  std::vector<Place> due;
  const auto s = ledger_->read([&](db::Database& db) -> ph::Status {
    auto found = dueDestinations(db, local, s_.now(), most + lookAhead);
    if (!found) return found.error();
    due = std::move(*found);
    return {};
  });
  if (!s) kLog.error("queue database not read", {{"reason", s.error().text}});
  for (const auto& place : due) {
    if (active >= most) return;
    if (beginOne(place.destination)) ++active;
  }
}

bool Queue::beginOne(const std::string& destination) {
  const auto settings = this->settings();
  {
    std::lock_guard lock(mutex_);
    const auto busy = busy_.find(destination);
    if (busy != busy_.end()) {
      if (busy->second >= (isLocal(destination) ? 1 : settings->perDestination)) return false;
      for (const auto& [key, a] : active_) {
        if (a->probing() && a->lane().destination == destination) return false;
      }
    }
  }
  std::optional<Found> first;
  std::string hint;
  {
    std::lock_guard pick(pickMutex_);
    auto found = find(destination, nullptr);
    if (!found || !*found) return false;
    first = std::move(*found);
  }
  (void)ledger_->read([&](db::Database& db) -> ph::Status {
    hint = hintOf(db, destination).valueOr("");
    return {};
  });
  const auto& e = first->message.envelope;
  const auto& transport = chooseTransport(*settings, first->rcpt.transport, e.account, domainOf(e.reversePath),
                                          destination, first->rcpt.attempts);
  const auto carrier = carrierOf(first->lane, transport);
  if (!carrier) {
    ++carrierless_;
    return false;
  }
  const auto attempt = std::make_shared<Attempt>(*this, carrier, first->lane, settings, transport, std::move(hint),
                                                 first->rcpt.attempts);
  {
    std::lock_guard lock(mutex_);
    if (paused_) return false;
    active_[attempt.get()] = attempt;
    ++busy_[destination];
    if (isLocal(destination)) ++localActive_;
  }
  run(attempt);
  return true;
}

std::shared_ptr<Carrier> Queue::carrierOf(const Lane& lane, const Transport& transport) const {
  if (isLocal(lane.destination)) return local_;
  if (transport.kind == Transport::Kind::Fail) return newFailCarrier();
  std::lock_guard lock(mutex_);
  const auto i = offers_.find(transport.carrier);
  return i == offers_.end() ? nullptr : i->second;
}

void Queue::run(const std::shared_ptr<Attempt>& attempt) {
  const Outcome failed{
      PH_DELIVERY_TEMPORARY, 0, PH_ATTEMPT_LOCAL, "4.3.0", "the transport could not begin", {}, {}, {}};
  const bool own = isLocal(attempt->lane().destination) || attempt->transport().kind == Transport::Kind::Fail;
  if (own) {
    if (started([attempt] { (void)attempt->carrier().begin(attempt); }, s_.diskPool)) return;
  } else {
    // Not one of ours: when it hangs in the plugin nobody waits for it.
    if (s_.hookPool.run([attempt, failed] {
          if (!attempt->carrier().begin(attempt)) attempt->end(&failed, {});
        })) {
      return;
    }
  }
  // No thread for it now.
  attempt->abandon();
  s_.timers.add(std::chrono::seconds(1), {}, [this] { wake(); });
}

void Queue::answered(Attempt&) {
  wake();
}

void Queue::finished(Attempt& attempt) {
  std::shared_ptr<Attempt> last;
  {
    std::lock_guard lock(mutex_);
    const auto i = active_.find(&attempt);
    if (i == active_.end()) return;
    last = std::move(i->second);
    active_.erase(i);
    const auto& destination = last->lane().destination;
    if (const auto b = busy_.find(destination); --b->second == 0) busy_.erase(b);
    if (isLocal(destination)) --localActive_;
    ++running_;  // we are needed until the end of this call
  }
  if (!last->cancelled()) wake();
  ended();
}

// Wakes us when the next thing becomes due.
void Queue::arm() {
  const int64_t now = s_.now();
  int64_t next = 0;
  (void)ledger_->read([&](db::Database& db) -> ph::Status {
    next = nextDue(db, now).valueOr(0);
    return {};
  });
  std::lock_guard lock(mutex_);
  if (alarm_ != 0) s_.timers.cancel(alarm_);
  alarm_ = 0;
  if (next == 0 || paused_) return;
  const auto delay = std::chrono::seconds(std::clamp<int64_t>(next - now, 1, kLongestSleep));
  alarm_ = s_.timers.add(delay, {}, [this] { wake(); });
}

}  // namespace posthouse::queue
