// The server side of one SASL authentication, as a pure state machine.
//
// A mechanism gets decoded client responses and answers with a Step. It verifies nothing that needs a store: it ends
// with what the caller must check. Mechanisms that verify themselves or need stored keys join by new Step alternatives.
// Guarantees: after PasswordLogin or Failure the exchange is over; every later step is a Failure.
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

struct Failure {
  enum class Why { Malformed, Cancelled, TooLong } why = Why::Malformed;
  std::string text;  // for the client; never holds what it sent
};

using Step = std::variant<Challenge, PasswordLogin, Failure>;

class Mechanism {
 public:
  virtual ~Mechanism() = default;
  virtual std::string_view name() const = 0;
  // Takes the initial response or nothing (first call), then each response to a challenge.
  virtual Step step(std::optional<std::string_view> response) = 0;
  // Whether the password or what equals it crosses the wire, so that TLS is needed.
  virtual bool isPlaintext() const = 0;
};

// The mechanism of this name, in any case; null if there is none.
std::unique_ptr<Mechanism> makeMechanism(std::string_view name);

}  // namespace ph::sasl
