// Reports that come in, packed or not, as a file or in a message: a report within its limits or an error, and what was
// read can be written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "report/attachment.hpp"
#include "report/read.hpp"
#include "report/write.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ph_mailauth;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto attachment = reportAttachment(text)) (void)readReport(*attachment);
  const auto report = readReport(text);
  if (!report) return 0;
  if (report->rows.empty() || report->rows.size() > kMaxReportRows || report->domain.empty()) std::abort();
  const auto again = readReport(reportXml(*report));
  // A text that is only made of what XML can't hold is gone then.
  if (!again && !report->id.empty()) std::abort();
  if (again && (again->rows.size() != report->rows.size() || again->rows[0].count != report->rows[0].count))
    std::abort();
  return 0;
}
