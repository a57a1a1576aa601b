// Modified UTF-7 and mailbox names: one spelling per name, canonical names stay what they are.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ph/imap/mailbox_name.hpp"
#include "ph/imap/utf7.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (const auto name = ph::imap::decodeUtf7(in)) {
    const auto again = ph::imap::encodeUtf7(*name);
    if (!again || *again != in) std::abort();
  }
  if (const auto encoded = ph::imap::encodeUtf7(in)) {
    const auto again = ph::imap::decodeUtf7(*encoded);
    if (!again || *again != in) std::abort();
  }
  if (const auto name = ph::imap::canonicalMailboxName(in)) {
    if (ph::imap::canonicalMailboxName(*name).valueOr("") != *name) std::abort();
    if (!ph::imap::ListPattern("*").matches(*name)) std::abort();
    // A name matches itself taken as a pattern, whatever wildcards it holds.
    if (!ph::imap::ListPattern(*name).matches(*name)) std::abort();
  }
  const std::size_t half = std::min<std::size_t>(size / 2, 200);
  (void)ph::imap::ListPattern(in.substr(0, half)).matches(in.substr(half, 200));
  return 0;
}
