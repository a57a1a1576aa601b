// The system's list of resolvers: there is always one to ask, and never more than a few.
#include <cstdint>
#include <cstdlib>

#include "dns/resolv_conf.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto conf = posthouse::dns::parseResolvConf(text);
  if (conf.resolvers.empty() || conf.resolvers.size() > 8) std::abort();
  for (const auto& a : conf.resolvers) {
    if (a.ip().empty() || a.port() != 53) std::abort();
  }
  if (conf.trustAd && text.find("trust-ad") == text.npos) std::abort();
  return 0;
}
