// The client side of one SASL authentication, as a pure state machine: what to answer to each challenge, and whether
// the server has proven itself when it says that the login succeeded.
// Guarantees: a password leaves in plain text only with PLAIN and LOGIN; a server that proves nothing where the
// mechanism wants it is not believed. Threads: one exchange belongs to one connection. respond() of SCRAM takes long (a
// password hash). RFC 4422 3, RFC 5802, RFC 7677, RFC 2195, RFC 4616.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ph/result.hpp"
#include "ph/sasl/scram.hpp"

namespace ph::sasl {

struct ClientLogin {
  std::string user;
  std::string password;
  ScramBindings bindings;    // of this connection
  bool plusOffered = false;  // the server's list had a mechanism with -PLUS
  std::string nonce;         // printable, unpredictable, without commas; for SCRAM
};

class ClientMechanism {
 public:
  virtual ~ClientMechanism() = default;
  // The initial response, sent with the mechanism's name; nothing: the server speaks first.
  virtual std::optional<std::string> first() = 0;
  // Denied: the server is not who it should be; Invalid: its challenge makes no sense.
  virtual Result<std::string> respond(std::string_view challenge) = 0;
  // The server says that the login succeeded: is that all the mechanism wants?
  virtual bool satisfied() const = 0;
};

// nullptr: no such mechanism, or a -PLUS without a binding, or a login that it cannot express.
std::unique_ptr<ClientMechanism> makeClient(std::string_view mechanism, ClientLogin login);

// Mechanisms that send the password itself: only for verified peers.
bool sendsPassword(std::string_view mechanism);

}  // namespace ph::sasl
