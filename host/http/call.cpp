#include "http/call.hpp"

#include <algorithm>

#include "log/log.hpp"

namespace posthouse::http {
namespace {
const log::Log kLog("http");
// How far over its deadline a call is stuck, at least.
constexpr auto kGrace = std::chrono::milliseconds(1000);
}  // namespace

Call::Call(RoutePtr route, std::shared_ptr<Exchange> exchange, jobs::Pool& pool, jobs::Timers& timers,
           std::function<void(const std::shared_ptr<Call>&)> ended)
    : route_(std::move(route)),
      exchange_(std::move(exchange)),
      pool_(pool),
      timers_(timers),
      ended_(std::move(ended)) {}

bool Call::start() {
  return pool_.run([self = shared_from_this()] { self->run(); });
}

void Call::run() {
  bool call = false;
  {
    std::lock_guard lock(mutex_);
    call = called_ = !exchange_->cancelled();
  }
  ph::Status s = ph::Error{ph::Kind::Cancelled, "its time was over before a thread was free"};
  if (call) s = route_->handler->called(*exchange_, *route_);
  {
    std::lock_guard lock(mutex_);
    returned_ = true;
    if (late_) {
      pool_.overtime(-1);
      route_->handler->returned(stuck_);
    }
  }
  exchange_->finish(s);
  ended_(shared_from_this());
}

void Call::late() {
  std::lock_guard lock(mutex_);
  if (!called_ || returned_ || late_) return;
  late_ = true;
  kLog.warn("handler is late", {{"cid", std::to_string(exchange_->request().session)},
                                {"plugin", route_->plugin},
                                {"route", route_->path},
                                {"deadline_ms", std::to_string(route_->deadline.count())}});
  route_->handler->late();
  pool_.overtime(1);
  timers_.add(std::max(kGrace, route_->deadline), {}, [self = shared_from_this()] {
    std::lock_guard lock(self->mutex_);
    if (self->returned_) return;
    self->stuck_ = true;
    self->route_->handler->stuck();
  });
}

}  // namespace posthouse::http
