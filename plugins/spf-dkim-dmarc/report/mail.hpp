// The mail that carries a report, or that tells that it was too large.
// Guarantees: ASCII, lines below 998 octets. Threads: pure functions. RFC 7489 7.2.1.1, 7.2.2.
#pragma once

#include <string>

#include "ph/result.hpp"
#include "report/aggregate.hpp"

namespace ph_mailauth {

struct ReportMail {
  std::string from, to;   // addresses
  std::string submitter;  // our host name
  std::string messageId;  // with angle brackets
  int64_t now = 0;        // Unix seconds
};

// "mx.example!example.org!1700000000!1700086400.xml.gz"
std::string reportFileName(const AggregateReport& report, const std::string& submitter);
// `gzip`: the file.
ph::Result<std::string> composeReport(const ReportMail& mail, const AggregateReport& report, const std::string& gzip);
ph::Result<std::string> composeTooLarge(const ReportMail& mail, const AggregateReport& report, size_t size);

}  // namespace ph_mailauth
