// One call of a handler, on the pool: what becomes of it when it is late.
// Guarantees: the exchange is completed when the handler returns, whatever it returns or throws; a late call does not
// count for the pool's maximum. Threads: start() and late() on the session's, the rest on the pool's and the timers'.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "http/exchange.hpp"
#include "http/router.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"

namespace posthouse::http {

class Call : public std::enable_shared_from_this<Call> {
 public:
  // `ended` is called once when the handler returned, or was never called.
  Call(RoutePtr route, std::shared_ptr<Exchange> exchange, jobs::Pool& pool, jobs::Timers& timers,
       std::function<void(const std::shared_ptr<Call>&)> ended);

  // False: the pool is full.
  bool start();
  // The handler's time is over and it is not waiting for the client. The exchange is cancelled already.
  void late();
  Exchange& exchange() const { return *exchange_; }
  const Route& route() const { return *route_; }

 private:
  void run();

  const RoutePtr route_;
  const std::shared_ptr<Exchange> exchange_;
  jobs::Pool& pool_;
  jobs::Timers& timers_;
  const std::function<void(const std::shared_ptr<Call>&)> ended_;
  std::mutex mutex_;  // of the rest
  bool called_ = false;
  bool returned_ = false;
  bool late_ = false;
  bool stuck_ = false;
};

}  // namespace posthouse::http
