// Reads an aggregate report.
// Guarantees: memory is bounded: at most kMaxReportRows rows, texts of 1 KiB, elements 16 deep; no DTD, so no entities
// and nothing from outside. Threads: one user at a time. RFC 7489 appendix C.
#pragma once

#include <memory>
#include <string_view>

#include "ph/result.hpp"
#include "report/aggregate.hpp"

namespace ph_mailauth {

inline constexpr size_t kMaxReportRows = 20'000;

class ReportReader {
 public:
  ReportReader();
  ~ReportReader();

  // False: it is no report, and no more is wanted.
  bool feed(std::string_view xml);
  // Invalid: no report; Limit: too large.
  ph::Result<AggregateReport> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Unpacked and read in one go, without the whole of it in memory.
ph::Result<AggregateReport> readReport(std::string_view packed);

}  // namespace ph_mailauth
