// Authentication-Results of hostile names: one line, with as many entries as were written.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "results/auth_results.hpp"

namespace {

// How many entries a value has: semicolons outside of quotes and comments.
size_t entries(std::string_view value) {
  size_t count = 0, depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\' && (quoted || depth > 0)) {
      ++i;
    } else if (c == '"' && depth == 0) {
      quoted = !quoted;
    } else if (quoted) {
      continue;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (c == ';' && depth == 0) {
      ++count;
    }
  }
  if (quoted || depth > 0) std::abort();
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ph_mailauth;
  const std::string text(reinterpret_cast<const char*>(data), size);
  SpfResult spf;
  spf.status = SpfStatus::PermError;
  spf.problem = text;
  SpfIdentity identity;
  identity.sender = identity.domain = text;
  std::string value = "mx.example; " + spfEntry(spf, identity);
  value += "; " + iprevEntry({Iprev::Status::Pass, text}, *Ip::parse("2001:db8::1"));
  value += "; " + dmarcEntry("fail", text, DmarcPolicy::Reject, DmarcOverride{"other", text});
  value += "; " + dnswlEntry({text, "127.0.0.2"});
  if (entries(value) != 4 || value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) std::abort();
  return 0;
}
