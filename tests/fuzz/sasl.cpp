// SASL: base64 has one spelling per value; exchanges end and never accept half a login.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ph/sasl/base64.hpp"
#include "ph/sasl/exchange.hpp"

namespace {

void check(const ph::sasl::Step& step) {
  const auto* login = std::get_if<ph::sasl::PasswordLogin>(&step);
  if (login && (login->authenticationId.empty() || login->password.empty())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (ph::sasl::decodeBase64(ph::sasl::encodeBase64(in)).valueOr("") != in) std::abort();
  if (const auto bytes = ph::sasl::decodeBase64(in); bytes && ph::sasl::encodeBase64(*bytes) != in) std::abort();
  for (const auto* name : {"PLAIN", "LOGIN"}) {
    ph::sasl::Exchange coded(ph::sasl::makeMechanism(name));
    check(coded.start(std::nullopt));
    for (std::string_view rest = in; !rest.empty();) {
      const std::size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      check(coded.line(line));
      check(coded.line(ph::sasl::encodeBase64(line)));
      rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    }
    check(ph::sasl::Exchange(ph::sasl::makeMechanism(name)).start(in));
  }
  return 0;
}
