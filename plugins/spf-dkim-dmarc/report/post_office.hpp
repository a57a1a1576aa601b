// The reports' timer and their way into the queue.
// Threads: start and stop on the control thread; the work runs on the hook pool, one at a time.
#pragma once

#include <mutex>

#include "ph/host.hpp"
#include "report/sender.hpp"
#include "settings.hpp"

namespace ph_mailauth {

class PostOffice {
 public:
  PostOffice(const ph::Host& host, const SettingsBox& settings, Evaluations& evaluations);
  ph::Status start();
  // Queues all that is due, now, and says how many messages. Temporary: that is being done, or some can't be now.
  ph::Result<size_t> run();

 private:
  ph::Status post(const std::string& from, const std::string& to, const std::string& message, int64_t holdUntil);

  const ph::Host& host_;
  const SettingsBox& settings_;
  std::mutex mutex_;  // of a run
  size_t queued_ = 0;
  ReportSender sender_;
};

}  // namespace ph_mailauth
