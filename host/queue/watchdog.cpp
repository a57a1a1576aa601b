// Attempts that never end: a transport that waits for ever holds its connection and its recipients, so after an
// absolute time it is asked to end, and then given up. What it carried counts as failed for now.
#include "log/log.hpp"
#include "queue/queue.hpp"

namespace posthouse::queue {
namespace {

const log::Log kLog("queue");
// Without a message taken or a result: longer than any time of the protocol (RFC 5321 4.5.3.2) and of a large message.
constexpr int64_t kLongestStep = 3 * 3600;
constexpr int64_t kGrace = 120;

}  // namespace

// Once a minute.
void Queue::watch() {
  const int64_t now = s_.now();
  std::vector<std::shared_ptr<Attempt>> late, lost;
  {
    std::lock_guard lock(mutex_);
    std::erase_if(lost_, [](const auto& a) { return a->returned(); });
    std::erase_if(watched_, [&](const auto& w) { return !active_.contains(w.first); });
    for (const auto& [key, a] : active_) {
      auto& w = watched_.try_emplace(key, Watched{a->steps(), now}).first->second;
      if (w.steps != a->steps() || now < w.since) w = {a->steps(), now};
      if (now - w.since > kLongestStep + kGrace) {
        lost.push_back(a);
      } else if (now - w.since > kLongestStep) {
        late.push_back(a);
      }
    }
  }
  for (const auto& a : late) {
    kLog.warn("attempt does not go on", {{"destination", a->lane().destination}});
    a->expire();
  }
  for (const auto& a : lost) {
    a->expire();
    {
      std::lock_guard lock(mutex_);
      lost_.push_back(a);
    }
    const bool done = a->giveUp();
    if (done) kLog.error("attempt given up", {{"destination", a->lane().destination}});
    if (done && !a->returned()) continue;
    std::lock_guard lock(mutex_);
    std::erase(lost_, a);
  }
}

}  // namespace posthouse::queue
