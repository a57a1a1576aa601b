// The HTTP engine: routes, running handlers, and the protocol that listeners speak.
// Guarantees: after remove() no handler of that owner is called, and unless it says otherwise none runs.
// Threads: all from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "http/call.hpp"
#include "http/quick_calls.hpp"
#include "http/router.hpp"
#include "http/stream.hpp"
#include "log/log.hpp"
#include "net/engine.hpp"
#include "ph/draft/host/session.h"

namespace posthouse::http {

class Server {
 public:
  // How many handlers may wait for their clients at once.
  static constexpr int kMaxWaiting = 256;
  static constexpr auto kLogDelay = std::chrono::milliseconds(500);  // of the access log

  Server(net::Engine& engine, jobs::Pool& pool, jobs::Timers& timers)
      : engine_(engine), pool_(pool), timers_(timers), quick_(timers) {
    flusher_ = timers_.add(kLogDelay, kLogDelay, [] { log::flush(); });
  }
  ~Server();

  // Who judges requests for routes that are not public; without one nobody gets there. Before the first listener.
  void setGate(Gate gate) { gate_ = std::move(gate); }
  // For listeners; this object must outlive them.
  ph_protocol protocol();
  ph::Status add(Route route) { return router_.add(std::move(route)); }
  Router::Match find(const Request& request) const { return router_.find(request); }
  // Takes the routes of `owner` back. Running handlers may end within `grace`; then they are told that nobody waits.
  // False: some still run after `patience` more.
  bool remove(const void* owner, std::chrono::milliseconds grace, std::chrono::milliseconds patience);

  // Makes `exchange` go on as a stream, in its handler. Invalid: not a WebSocket's request; Conflict; Unavailable: the
  // handler's plugin ends.
  ph::Result<std::shared_ptr<Stream>> stream(Exchange& exchange, const void* owner, bool webSocket,
                                             std::string_view protocol, Stream::Events events);

  // --- for sessions --------------------------------------------------------------------------------------------------

  std::shared_ptr<Exchange> exchange(Request request);
  QuickCalls& quick() { return quick_; }
  Verdict judge(const Request& request, Audience audience) const {
    return gate_ ? gate_(request, audience) : Verdict{403, {}, {}, nullptr};
  }
  // nullptr: not now.
  std::shared_ptr<Call> call(const RoutePtr& route, std::shared_ptr<Exchange> exchange);

 private:
  bool waits(int change);
  bool runs(const void* owner) const;
  // From now on it gets no more of them.
  std::vector<std::shared_ptr<Stream>> streamsOf(const void* owner);

  net::Engine& engine_;
  jobs::Pool& pool_;
  jobs::Timers& timers_;
  QuickCalls quick_;
  uint64_t flusher_ = 0;
  Router router_;
  Gate gate_;
  std::atomic<int> waiting_{0};
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::set<std::shared_ptr<Call>> calls_;
  std::set<const void*> leaving_;                     // owners that are removed
  std::map<Stream*, std::weak_ptr<Stream>> streams_;  // whose end was not told yet
};

}  // namespace posthouse::http
