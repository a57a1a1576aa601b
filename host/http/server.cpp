#include "http/server.hpp"

#include <algorithm>
#include <vector>

#include "http/origin.hpp"
#include "http/session.hpp"

namespace posthouse::http {
namespace {
constexpr uint16_t kGoingAway = 1001;  // RFC 6455 7.4.1
}  // namespace

Server::~Server() {
  timers_.cancel(flusher_);
  log::flush();
}

ph_protocol Server::protocol() {
  ph_protocol p{};
  p.size = sizeof p;
  p.max_input = static_cast<uint32_t>(Session::kMaxInput);
  p.name = "http";
  p.self = this;
  p.busy = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 5\r\n\r\n";
  p.open = [](void* self, ph_session* session, const ph_session_info* info) -> void* {
    return new Session(*static_cast<Server*>(self), *session->session, *info);
  };
  p.run = [](void* session, uint32_t why) { return static_cast<Session*>(session)->run(why); };
  p.close = [](void* session) { delete static_cast<Session*>(session); };
  return p;
}

std::shared_ptr<Exchange> Server::exchange(Request request) {
  const uint64_t id = request.session;
  return std::make_shared<Exchange>(
      std::move(request), [&engine = engine_, id] { engine.wake(id, PH_WHY_WAKE); },
      [this](int change) { return waits(change); });
}

// Who waits for a client needs a thread, but no share of the processor.
bool Server::waits(int change) {
  if (change > 0 && waiting_.fetch_add(1) >= kMaxWaiting) {
    --waiting_;
    return false;
  }
  if (change < 0) --waiting_;
  pool_.overtime(change);
  return true;
}

std::shared_ptr<Call> Server::call(const RoutePtr& route, std::shared_ptr<Exchange> exchange) {
  if (!route->handler->begin()) return nullptr;
  auto ended = [this](const std::shared_ptr<Call>& c) {
    c->route().handler->end();
    std::lock_guard lock(mutex_);
    calls_.erase(c);
    ended_.notify_all();
  };
  auto c = std::make_shared<Call>(route, std::move(exchange), pool_, timers_, ended);
  {
    std::lock_guard lock(mutex_);
    calls_.insert(c);
  }
  if (c->start()) return c;
  ended(c);
  return nullptr;
}

bool Server::runs(const void* owner) const {
  return std::any_of(calls_.begin(), calls_.end(), [&](const auto& c) { return c->route().owner == owner; }) ||
         std::any_of(streams_.begin(), streams_.end(), [&](const auto& s) { return s.first->owner() == owner; });
}

std::vector<std::shared_ptr<Stream>> Server::streamsOf(const void* owner) {
  std::lock_guard lock(mutex_);
  leaving_.insert(owner);
  std::vector<std::shared_ptr<Stream>> out;
  for (const auto& [raw, weak] : streams_) {
    auto s = weak.lock();
    if (s && s->owner() == owner) out.push_back(std::move(s));
  }
  return out;
}

ph::Result<std::shared_ptr<Stream>> Server::stream(Exchange& exchange, const void* owner, bool webSocket,
                                                   std::string_view protocol, Stream::Events events) {
  std::string accept;
  if (webSocket && (accept = webSocketAccept(exchange.request().head)).empty())
    return ph::Error{ph::Kind::Invalid, "not a request for a WebSocket"};
  // RFC 6455 10.2: browsers say whose page asks, and send our cookies whoever it is.
  if (webSocket && !sameOrigin(exchange.request().head))
    return ph::Error{ph::Kind::Denied, "a page of another origin asks for a WebSocket"};
  auto s = std::make_shared<Stream>(exchange.shared_from_this(), owner, pool_, webSocket, std::move(events),
                                    [this](Stream* ended) {
                                      std::lock_guard lock(mutex_);
                                      streams_.erase(ended);
                                      ended_.notify_all();
                                    });
  {
    std::lock_guard lock(mutex_);
    if (leaving_.contains(owner)) return ph::Error{ph::Kind::Unavailable, "its owner goes"};
    streams_.emplace(s.get(), s);
  }
  if (auto done = exchange.goOn(s, accept, protocol); !done) {
    std::lock_guard lock(mutex_);
    streams_.erase(s.get());
    return done.error();
  }
  return s;
}

bool Server::remove(const void* owner, std::chrono::milliseconds grace, std::chrono::milliseconds patience) {
  router_.remove(owner);
  const auto streams = streamsOf(owner);
  for (const auto& s : streams) s->close(kGoingAway);
  std::unique_lock lock(mutex_);
  bool ended = ended_.wait_for(lock, grace, [&] { return !runs(owner); });
  if (!ended) {
    lock.unlock();
    for (const auto& s : streams) s->cancel();
    lock.lock();
  }
  const std::shared_ptr<void> back(nullptr, [&](void*) { leaving_.erase(owner); });  // with the lock
  if (ended) return true;
  for (const auto& c : calls_) {
    if (c->route().owner == owner) c->exchange().cancel();
  }
  return ended_.wait_for(lock, patience, [&] { return !runs(owner); });
}

}  // namespace posthouse::http
