// Takes reports out of mail to the addresses that our records name.
// Guarantees: only looks; what is no report, or not about us, changes nothing but a line in the log. Mail that fails
// DMARC is no report: anybody could have made it. Threads: runs on workers, many at once.
#pragma once

#include "ph/hook.hpp"
#include "report/received.hpp"
#include "settings.hpp"

namespace ph_mailauth {

// Whether a recipient is one of the report addresses.
bool isReportAddress(std::string_view forwardPath, const Settings& settings);

class ReceiveHook {
 public:
  ReceiveHook(const ph::Host& host, const SettingsBox& settings, ReceivedReports& reports);
  ph::Status start() { return hook_.add(); }

 private:
  ph::Status look(ph::HookCall& call) const;
  ph::Result<AggregateReport> take(const ph_txn* txn) const;

  const ph::Host& host_;
  const SettingsBox& settings_;
  ReceivedReports& reports_;
  ph::Hook hook_;
};

}  // namespace ph_mailauth
