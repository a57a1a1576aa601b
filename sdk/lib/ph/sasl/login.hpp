// SASL LOGIN: user name and password in two messages. Obsolete, never an RFC, but some clients know nothing else.
#pragma once

#include "ph/sasl/mechanism.hpp"

namespace ph::sasl {

class Login : public Mechanism {
 public:
  std::string_view name() const override { return "LOGIN"; }
  // An initial response is taken as the user name.
  Step step(std::optional<std::string_view> response) override;

 private:
  enum class Wants { UserName, Password, Nothing } wants_ = Wants::UserName;
  std::string user_;
};

}  // namespace ph::sasl
