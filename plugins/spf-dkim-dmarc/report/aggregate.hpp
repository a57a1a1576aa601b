// An aggregate report, as it was received or is to be sent.
// Threads: plain values. RFC 7489 7.2, appendix C.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ph_mailauth {

struct ReportReason {
  std::string type, comment;
  bool operator==(const ReportReason&) const = default;
};

struct ReportedDkim {
  std::string domain, selector, result;
  bool operator==(const ReportedDkim&) const = default;
};

struct ReportedSpf {
  std::string domain, scope, result;  // scope: "helo" or "mfrom"
  bool operator==(const ReportedSpf&) const = default;
};

struct ReportRow {
  std::string sourceIp;
  uint64_t count = 0;
  std::string disposition;            // none, quarantine, reject
  bool dkim = false, spf = false;     // passed and aligned
  std::vector<ReportReason> reasons;  // why the disposition is not what was asked for
  std::string headerFrom, envelopeFrom, envelopeTo;
  std::vector<ReportedDkim> dkimResults;
  std::vector<ReportedSpf> spfResults;
};

struct AggregateReport {
  std::string organisation, email, contact, id;
  int64_t begin = 0, end = 0;  // Unix seconds
  std::vector<std::string> errors;
  std::string domain;                                               // of the record
  std::string adkim, aspf, p, sp, np, testing, psd, fo, discovery;  // as published; empty: not said
  std::vector<ReportRow> rows;
};

}  // namespace ph_mailauth
