// SASL CRAM-MD5: a keyed MD5 of a challenge. Historic: its stored key is as good as the password, and MD5 is weak; only
// for accounts whose clients know nothing better. Threads: one exchange belongs to one session. RFC 2195, RFC 2104.
#pragma once

#include <functional>

#include "ph/result.hpp"
#include "ph/sasl/mechanism.hpp"

namespace ph::sasl {

// The two MD5 states after the padded key (RFC 2104 4), 16 octets each; instead of the password itself.
struct CramKey {
  std::string inner;
  std::string outer;
};

CramKey deriveCram(std::string_view password);
// HMAC-MD5 of the challenge, in hexadecimal.
std::string cramDigest(const CramKey& key, std::string_view challenge);

class CramMd5 : public Mechanism {
 public:
  // The key of a user; for unknown users a false one.
  using Lookup = std::function<Result<CramKey>(std::string_view user)>;

  // `challenge`: an unpredictable msg-id, "<17.263@host>".
  CramMd5(std::string challenge, Lookup lookup) : challenge_(std::move(challenge)), lookup_(std::move(lookup)) {}
  std::string_view name() const override { return "CRAM-MD5"; }
  Step step(std::optional<std::string_view> response) override;

 private:
  const std::string challenge_;
  const Lookup lookup_;
  bool asked_ = false;
  bool over_ = false;
};

}  // namespace ph::sasl
