// SASL LOGIN, with the prompts that clients expect.
#include "ph/sasl/login.hpp"

#include "ph/text/utf8.hpp"

namespace ph::sasl {

Step Login::step(std::optional<std::string_view> response) {
  if (wants_ == Wants::Nothing) return Failure{Failure::Why::Malformed, "authentication exchange is over", {}};
  if (!response) return Challenge{wants_ == Wants::UserName ? "Username:" : "Password:"};
  const bool clean = response->find('\0') == std::string_view::npos && text::isUtf8(*response);
  if (response->empty() || !clean) {
    const bool user = wants_ == Wants::UserName;
    wants_ = Wants::Nothing;
    return Failure{
        Failure::Why::Malformed, user ? "user name is empty or not text" : "password is empty or not text", {}};
  }
  if (wants_ == Wants::UserName) {
    user_ = *response;
    wants_ = Wants::Password;
    return Challenge{"Password:"};
  }
  wants_ = Wants::Nothing;
  return PasswordLogin{"", std::move(user_), std::string(*response)};
}

}  // namespace ph::sasl
