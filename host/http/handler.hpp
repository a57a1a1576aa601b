// What answers requests. Threads: handle() on pool threads, many at once; the rest on any.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "http/exchange.hpp"
#include "ph/result.hpp"

namespace posthouse::http {

struct Route;

class Handler {
 public:
  virtual ~Handler() = default;
  // May wait for its client in the exchange's functions. An error before the response began becomes one of the engine.
  virtual ph::Status handle(Exchange& exchange) = 0;
  // Whether it may be called now. What is begun is ended, whatever becomes of the call.
  virtual bool begin() { return true; }
  virtual void end() {}
  // A call is over its deadline, by its own fault; much longer; came back after all.
  virtual void late() {}
  virtual void stuck() {}
  virtual void returned(bool wasStuck) { (void)wasStuck; }

  // handle(), with what it throws or answers wrongly made a Status and logged.
  ph::Status called(Exchange& exchange, const Route& route);
  // It took too long for a quick one. True: for the first time.
  bool demote() { return !demoted_.exchange(true); }
  bool demoted() const { return demoted_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> demoted_{false};
};

// One of the host's own.
class HandlerFunction : public Handler {
 public:
  using Function = std::function<ph::Status(Exchange&)>;
  explicit HandlerFunction(Function function) : function_(std::move(function)) {}
  ph::Status handle(Exchange& exchange) override { return function_(exchange); }

 private:
  const Function function_;
};

}  // namespace posthouse::http
