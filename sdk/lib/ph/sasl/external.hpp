// SASL EXTERNAL: the client is who its TLS certificate says. RFC 4422 A.
#pragma once

#include "ph/sasl/mechanism.hpp"

namespace ph::sasl {

class External : public Mechanism {
 public:
  std::string_view name() const override { return "EXTERNAL"; }
  Step step(std::optional<std::string_view> response) override;

 private:
  bool over_ = false;
};

}  // namespace ph::sasl
