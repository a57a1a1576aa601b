// The answer to a call that takes long: lines of JSON, {"progress": {"done", "total", "unit"}} again and again, then
// {"result": ...} or {"error": ...}. Only for who asked for application/x-ndjson, and only when it takes long.
// Guarantees: at most five lines a second. Threads: the handler's.
#pragma once

#include <chrono>

#include "admin/operation.hpp"
#include "http/exchange.hpp"

namespace posthouse::admin {

class ProgressLines {
 public:
  static constexpr const char* kType = "application/x-ndjson";

  explicit ProgressLines(http::Exchange& x);

  // Null when nobody wants it.
  TellProgress tell();
  // The response has begun: it can only end with end().
  bool begun() const { return begun_; }
  ph::Status end(const Answer& answer);

 private:
  bool line(const Progress& p);

  http::Exchange& x_;
  const bool wanted_;
  bool begun_ = false;
  bool gone_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace posthouse::admin
