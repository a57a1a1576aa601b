// SASL: base64 has one spelling per value; exchanges end and never accept half a login. The input's lines are the
// client's messages, given to every mechanism.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "ph/sasl/base64.hpp"
#include "ph/sasl/cram_md5.hpp"
#include "ph/sasl/external.hpp"
#include "ph/sasl/line.hpp"
#include "ph/sasl/login.hpp"
#include "ph/sasl/opaque_string.hpp"
#include "ph/sasl/plain.hpp"
#include "ph/sasl/scram.hpp"

namespace {

using namespace ph::sasl;

// Nobody knows these keys, so nobody can prove anything.
Scram scram(ScramHash hash, bool plus) {
  return {hash, plus, plus ? ScramBindings{"exporter", "end point"} : ScramBindings{}, "nonce",
          [hash](std::string_view) {
            const std::size_t n = hash == ScramHash::Sha1 ? 20 : 32;
            return ph::Result<ScramVerifier>(ScramVerifier{"salt", 1, std::string(n, 'k'), std::string(n, 's')});
          }};
}

void run(Mechanism&& mechanism, std::string_view in) {
  bool over = false;
  mechanism.step(std::nullopt);
  while (!in.empty()) {
    const std::size_t end = in.find('\n');
    const auto step = mechanism.step(in.substr(0, end));
    if (const auto* p = std::get_if<PasswordLogin>(&step)) {
      if (p->authenticationId.empty() || p->password.empty()) std::abort();
    }
    if (std::get_if<Proven>(&step)) std::abort();
    if (over && !std::get_if<Failure>(&step)) std::abort();
    over = over || !std::get_if<Challenge>(&step);
    in = end == std::string_view::npos ? std::string_view() : in.substr(end + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (decodeBase64(encodeBase64(in)).valueOr("") != in) std::abort();
  if (const auto bytes = decodeBase64(in); bytes && encodeBase64(*bytes) != in) std::abort();
  (void)decodeInitial(in);
  (void)decodeLine(in);
  if (const auto once = prepareOpaqueString(in)) {
    // Not all prepared strings can be prepared again (RFC 8264 7 says so of context rules); those that can don't
    // change.
    if (const auto twice = prepareOpaqueString(*once); twice && *twice != *once) std::abort();
  }
  run(Plain(), in);
  run(Login(), in);
  run(External(), in);
  for (const auto hash : {ScramHash::Sha1, ScramHash::Sha256}) {
    run(scram(hash, false), in);
    run(scram(hash, true), in);
  }
  run(CramMd5("<challenge@host>", [](std::string_view) { return ph::Result<CramKey>(deriveCram("unknown to all")); }),
      in);
  return 0;
}
