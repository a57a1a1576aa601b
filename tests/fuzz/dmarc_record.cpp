// DMARC records and authors: any bytes give a record within its ranges or none, addresses that are safe to write to.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dmarc/author.hpp"
#include "dmarc/record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ph_mailauth;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto record = DmarcRecord::parse(text)) {
    if (!DmarcRecord::is(text) || record->percent > 100) std::abort();
    for (const auto& uri : record->aggregate) {
      const auto mailbox = uri.mailbox();
      if (mailbox.find_first_of(std::string_view("\r\n\0 ", 4)) != std::string::npos) std::abort();
      if (!mailbox.empty() && mailbox.find('@') == std::string::npos) std::abort();
    }
  }
  const auto authors = authorsOf(text);
  if (authors.domains.size() > kMaxAuthors) std::abort();
  for (const auto& domain : authors.domains) {
    if (domain.empty() || domain.size() > 253) std::abort();
  }
  return 0;
}
