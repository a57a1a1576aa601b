// What a listener's requests count in: looked up once per connection, then one atomic operation each.
// Threads: all from any thread; of() locks shortly.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "metrics/metrics.hpp"

namespace posthouse::http {

class Meters {
 public:
  // Lives as long as the process.
  static Meters& of(const std::string& listener);

  void answered(int status);
  void took(double seconds) const { seconds_.observe(seconds); }

 private:
  explicit Meters(std::string listener);

  static constexpr int kStatuses = 600;
  const std::string listener_;
  const metrics::Histogram seconds_;
  std::array<std::atomic<const metrics::Counter*>, kStatuses> byStatus_{};
  std::mutex mutex_;  // of the rest
  std::vector<std::unique_ptr<const metrics::Counter>> counters_;
};

}  // namespace posthouse::http
