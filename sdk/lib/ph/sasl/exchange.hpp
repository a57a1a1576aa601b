// A SASL exchange as its lines cross SMTP or IMAP: base64, "=" for an empty initial response, "*" to cancel.
// Guarantees: after the last Step or a bad line the exchange is over. Threads: one session.
// RFC 4954 4, RFC 9051 6.2.2, RFC 4422 3.
#pragma once

#include <memory>

#include "ph/sasl/mechanism.hpp"

namespace ph::sasl {

// RFC 4954 4 asks for lines of at least 12288 octets.
inline constexpr std::size_t kMaxLine = 12288;

class Exchange {
 public:
  // `mechanism` is not null.
  explicit Exchange(std::unique_ptr<Mechanism> mechanism) : mechanism_(std::move(mechanism)) {}

  // The initial response as written after the mechanism name, if there was one.
  Step start(std::optional<std::string_view> initial);
  // A line from the client, without its line end.
  Step line(std::string_view line);

  const Mechanism& mechanism() const { return *mechanism_; }

 private:
  Step decoded(std::string_view line);

  std::unique_ptr<Mechanism> mechanism_;
  bool over_ = false;
};

}  // namespace ph::sasl
