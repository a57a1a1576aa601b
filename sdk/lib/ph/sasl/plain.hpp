// SASL PLAIN: [authzid] NUL authcid NUL passwd in one message. RFC 4616 2.
#pragma once

#include "ph/sasl/mechanism.hpp"

namespace ph::sasl {

class Plain : public Mechanism {
 public:
  std::string_view name() const override { return "PLAIN"; }
  Step step(std::optional<std::string_view> response) override;

 private:
  bool over_ = false;
};

}  // namespace ph::sasl
