// A header that is complete in some bytes is the same header in any longer ones, and asks for more in any shorter.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/proxy_header.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace posthouse::net;
  using State = ProxyHeader::State;
  const auto require = [](bool holds) {
    if (!holds) std::abort();
  };
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ProxyHeader whole = parseProxyHeader(bytes);
  require(whole.state != State::More || size < kMaxProxyHeader);
  if (whole.state != State::Own && whole.state != State::Client) return 0;
  require(whole.size > 0 && whole.size <= size && whole.size <= kMaxProxyHeader);
  for (size_t n = 0; n < whole.size; ++n) require(parseProxyHeader(bytes.substr(0, n)).state == State::More);
  const ProxyHeader exact = parseProxyHeader(bytes.substr(0, whole.size));
  require(exact.state == whole.state && exact.size == whole.size);
  if (whole.state == State::Client) {
    require(!whole.source.ip().empty() && whole.source.text() == exact.source.text());
    require(whole.source.family() == whole.destination.family());
  }
  return 0;
}
