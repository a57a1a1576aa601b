// SASL SCRAM-SHA-256, SCRAM-SHA-1 and their -PLUS forms: the client proves that it knows the password, the server that
// it holds its verifier, and with -PLUS both that they are the two ends of one TLS connection.
// Guarantees: proofs are compared in constant time; a client that was made to believe there is no -PLUS is told.
// Threads: one exchange belongs to one session. RFC 5802, RFC 7677, RFC 9266, RFC 5929 4.
#pragma once

#include <functional>

#include "ph/result.hpp"
#include "ph/sasl/mechanism.hpp"

namespace ph::sasl {

enum class ScramHash { Sha1, Sha256 };

// What a server keeps instead of the password. RFC 5802 3.
struct ScramVerifier {
  std::string salt;
  unsigned iterations = 0;
  std::string storedKey;
  std::string serverKey;
};

// `password` is prepared already (opaque_string.hpp). Takes time in proportion to `iterations`.
ScramVerifier deriveScram(ScramHash hash, std::string_view password, std::string salt, unsigned iterations);

struct ScramBindings {
  std::string exporter;  // tls-exporter; empty: not on this connection
  std::string endPoint;  // tls-server-end-point
  bool any() const { return !exporter.empty() || !endPoint.empty(); }
};

class Scram : public Mechanism {
 public:
  // The verifier of a user; for unknown users a false one, always the same for the same name, so that they look alike.
  using Lookup = std::function<Result<ScramVerifier>(std::string_view user)>;

  // `plus`: the client chose the -PLUS name. `nonce`: printable, unpredictable, without commas.
  Scram(ScramHash hash, bool plus, ScramBindings bindings, std::string nonce, Lookup lookup);
  std::string_view name() const override;
  Step step(std::optional<std::string_view> response) override;

 private:
  enum class Wants { ClientFirst, ClientFinal, LastWord, Nothing };
  Step clientFirst(std::string_view message);
  Step clientFinal(std::string_view message);
  Step fail(Failure::Why why, const char* text);
  const std::string* binding(std::string_view kind) const;

  const ScramHash hash_;
  const bool plus_;
  const ScramBindings bindings_;
  const std::string serverNonce_;
  const Lookup lookup_;
  Wants wants_ = Wants::ClientFirst;
  std::string user_, authorizationId_;
  std::string gs2Header_;
  std::string bindingData_;
  std::string nonce_;
  std::string firstBare_, serverFirst_;
  ScramVerifier verifier_;
};

}  // namespace ph::sasl
