// Adds an ARC set to a message that is passed on.
// Threads: pure functions. RFC 8617 5.1.
#pragma once

#include <cstdint>
#include <string>

#include "arc/chain.hpp"
#include "dkim/examination.hpp"
#include "dkim/sign.hpp"

namespace ph_mailauth::arc {

class Sealing {
 public:
  // Wishes for the body's hash. `message` must outlive it.
  explicit Sealing(dkim::Examination& message);
  // After the body was read: the three fields, complete, to be put on top. `status`: what the message's own chain was
  // found to be; `results`: what was found out about it, "mail.example.org; spf=pass smtp.mailfrom=a.example".
  // Invalid: a chain that its last sealer found broken, or that is full, gets no further set (RFC 8617 5.1.2).
  ph::Result<std::string> seal(const dkim::SigningKey& key, ChainValue status, const std::string& results,
                               int64_t now) const;

 private:
  dkim::Examination& message_;
  const size_t bodyHash_;
};

}  // namespace ph_mailauth::arc
