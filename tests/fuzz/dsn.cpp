// Notifications that come in: any bytes give recipients with an action, or an error.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ph/dsn/read.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto in = ph::dsn::read({reinterpret_cast<const char*>(data), size});
  if (!in) return 0;
  if (in->recipients.empty() || in->recipients.size() > ph::dsn::kMaxRecipients) std::abort();
  for (const auto& r : in->recipients) {
    if (r.action.empty() || (r.recipient.empty() && r.original.empty())) std::abort();
  }
  return 0;
}
