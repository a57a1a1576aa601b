// SASL EXTERNAL (RFC 4422 A.1).
#include "ph/sasl/external.hpp"

#include "ph/text/utf8.hpp"

namespace ph::sasl {

Step External::step(std::optional<std::string_view> response) {
  if (over_) return Failure{Failure::Why::Malformed, "authentication exchange is over", {}};
  if (!response) return Challenge{};
  over_ = true;
  if (response->find('\0') != std::string_view::npos || !text::isUtf8(*response)) {
    return Failure{Failure::Why::Malformed, "the identity is not text", {}};
  }
  return ExternalLogin{std::string(*response)};
}

}  // namespace ph::sasl
