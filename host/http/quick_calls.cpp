#include "http/quick_calls.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <utility>

#include "log/log.hpp"

namespace posthouse::http {
namespace {

const log::Log kLog("http");
constexpr auto kLate = std::chrono::seconds(1);
constexpr auto kStuck = std::chrono::seconds(30);
constexpr auto kLook = std::chrono::milliseconds(250);

std::atomic<uint64_t> numbers{1};

}  // namespace

QuickCalls::QuickCalls(jobs::Timers& timers) : timers_(timers), number_(numbers++) {
  timer_ = timers_.add(kLook, kLook, [this] { watch(); });
}

QuickCalls::~QuickCalls() {
  timers_.cancel(timer_);
}

QuickCalls::Slot& QuickCalls::slot() {
  thread_local uint64_t owner = 0;
  thread_local std::shared_ptr<Slot> mine;
  if (owner != number_) {
    mine = std::make_shared<Slot>();
    owner = number_;
    std::lock_guard lock(mutex_);
    std::erase_if(slots_, [](const auto& s) { return s.use_count() == 1; });  // of threads that have ended
    slots_.push_back(mine);
  }
  return *mine;
}

bool QuickCalls::run(const RoutePtr& route, Exchange& exchange) {
  Handler& handler = *route->handler;
  if (!handler.begin()) return false;
  Slot& mine = slot();
  const auto begun = Clock::now();
  {
    std::lock_guard lock(mine.mutex);
    mine.route = route.get();
    mine.since = begun;
    mine.late = mine.stuck = false;
  }
  const ph::Status s = handler.called(exchange, *route);
  bool late = false, stuck = false;
  {
    std::lock_guard lock(mine.mutex);
    mine.route = nullptr;
    late = mine.late;
    stuck = mine.stuck;
  }
  if (late) handler.returned(stuck);
  if (Clock::now() - begun > kQuick && handler.demote())
    kLog.warn("handler is not quick", {{"plugin", route->plugin}, {"route", route->path}});
  exchange.finish(s);
  handler.end();
  return true;
}

void QuickCalls::watch() {
  std::vector<std::shared_ptr<Slot>> slots;
  {
    std::lock_guard lock(mutex_);
    slots = slots_;
  }
  const auto now = Clock::now();
  for (const auto& s : slots) {
    std::lock_guard lock(s->mutex);
    if (!s->route || now - s->since < kLate) continue;
    if (!std::exchange(s->late, true)) {
      kLog.warn("handler is late", {{"plugin", s->route->plugin}, {"route", s->route->path}});
      s->route->handler->demote();
      s->route->handler->late();
    } else if (now - s->since >= kStuck && !std::exchange(s->stuck, true)) {
      s->route->handler->stuck();
    }
  }
}

}  // namespace posthouse::http
