// An aggregate report as XML, and as the gzip file that is sent.
// Guarantees: what readReport() takes, with nothing lost; text from outside can't leave its element.
// Threads: pure functions. RFC 7489 appendix C, RFC 1952.
#pragma once

#include <string>

#include "ph/result.hpp"
#include "report/aggregate.hpp"

namespace ph_mailauth {

std::string reportXml(const AggregateReport& report);
ph::Result<std::string> gzipped(const std::string& data);

}  // namespace ph_mailauth
