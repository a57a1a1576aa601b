// The server side of one SASL authentication, as a pure state machine.
//
// A mechanism gets decoded client responses and answers with a Step. What it can prove itself it proves (Proven); the
// rest ends with what the caller must check. Stored keys come through functions that its maker passes in.
// Guarantees: after anything but a Challenge the exchange is over; every later step is a Failure.
// Threads: one exchange belongs to one session. RFC 4422 3, 5.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace ph::sasl {

struct Challenge {
  std::string bytes;  // not yet base64; may be empty
};

// The caller checks password against authenticationId, then whether that identity may act as authorizationId.
struct PasswordLogin {
  std::string authorizationId;  // empty: the same as authenticationId
  std::string authenticationId;
  std::string password;
};

// The client has proven that it knows the secret of authenticationId.
struct Proven {
  std::string authorizationId;
  std::string authenticationId;
};

// The identity lies outside the exchange: in the TLS client certificate.
struct ExternalLogin {
  std::string authorizationId;
};

struct Failure {
  // Denied: wrong user or proof. Binding: the channel binding does not match. Unavailable: keys can't be read now.
  enum class Why { Malformed, Denied, Binding, Unavailable } why = Why::Malformed;
  std::string text;  // for the client; never holds what it sent
  std::string user;  // whom the client claimed to be, if it said so
};

using Step = std::variant<Challenge, PasswordLogin, Proven, ExternalLogin, Failure>;

class Mechanism {
 public:
  virtual ~Mechanism() = default;
  virtual std::string_view name() const = 0;
  // Takes the initial response or nothing (first call), then each response to a challenge.
  virtual Step step(std::optional<std::string_view> response) = 0;
};

}  // namespace ph::sasl
