// A message under examination: its header at hand, and the hashes of its body, made in one pass for whoever wants some.
// Threads: one at a time. RFC 6376 3.7, RFC 8617 5.2.
#pragma once

#include <memory>
#include <string>

#include "dkim/body_hashes.hpp"
#include "dkim/header_canon.hpp"
#include "dkim/octets.hpp"
#include "ph/header/block.hpp"

namespace ph_mailauth::dkim {

class Examination {
 public:
  // Reads the header. `message` must outlive it.
  static ph::Result<std::unique_ptr<Examination>> begin(const Octets& message);
  // After all wishes.
  ph::Status readBody();

  const HeaderFields& fields() const { return fields_; }
  BodyHashes& body() { return body_; }

 private:
  Examination(const Octets& message, std::string start)
      : message_(message), start_(std::move(start)), block_(start_), fields_(start_, block_) {}

  const Octets& message_;
  const std::string start_;  // the header, and maybe a little of the body
  const ph::header::Block block_;
  const HeaderFields fields_;
  BodyHashes body_;
};

}  // namespace ph_mailauth::dkim
