#include "http/meters.hpp"

#include <algorithm>
#include <map>

namespace posthouse::http {
namespace {

const metrics::Counters kRequests("posthouse_http_requests_total", "HTTP requests that were answered.",
                                  {"listener", "status"});
const metrics::Histograms kSeconds("posthouse_http_request_seconds", "From a request's head to its last byte sent.",
                                   {"listener"});

}  // namespace

Meters::Meters(std::string listener) : listener_(std::move(listener)), seconds_(kSeconds.with({listener_})) {}

Meters& Meters::of(const std::string& listener) {
  static std::mutex mutex;
  static auto* all = new std::map<std::string, std::unique_ptr<Meters>>;  // never destroyed: threads count during exit
  std::lock_guard lock(mutex);
  auto& m = (*all)[listener];
  if (!m) m.reset(new Meters(listener));
  return *m;
}

void Meters::answered(int status) {
  auto& slot = byStatus_[static_cast<size_t>(std::clamp(status, 0, kStatuses - 1))];
  const metrics::Counter* counter = slot.load(std::memory_order_acquire);
  if (!counter) {
    std::lock_guard lock(mutex_);
    counter = slot.load(std::memory_order_relaxed);
    if (!counter) {
      counters_.push_back(std::make_unique<metrics::Counter>(kRequests.with({listener_, std::to_string(status)})));
      counter = counters_.back().get();
      slot.store(counter, std::memory_order_release);
    }
  }
  counter->add();
}

}  // namespace posthouse::http
