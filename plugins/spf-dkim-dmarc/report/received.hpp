// The reports that others sent about our domains, in the plugin's database.
// Guarantees: a report is kept once, however often it comes; those older than a year go. Threads: any, one at a time
// inside; blocks for the disk.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ph/db.hpp"
#include "report/aggregate.hpp"

namespace ph_mailauth {

struct ReportSummary {
  std::string domain, organisation, id;
  int64_t begin = 0, end = 0;
  int64_t messages = 0, passed = 0, dkim = 0, spf = 0, quarantined = 0, rejected = 0;
};

class ReceivedReports {
 public:
  explicit ReceivedReports(const ph::Host& host) : host_(host) {}
  // False: it was there already.
  ph::Result<bool> keep(const AggregateReport& report, int64_t now);
  // The newest first; `domain` empty: all. Only those that end after `since`.
  ph::Result<std::vector<ReportSummary>> list(const std::string& domain, int64_t since, int64_t max);

 private:
  ph::Status open();  // once it is needed

  const ph::Host& host_;
  std::mutex mutex_;
  std::unique_ptr<ph::Db> db_;
};

}  // namespace ph_mailauth
