// The line layer of a SASL exchange.
#include "ph/sasl/exchange.hpp"

#include "ph/sasl/base64.hpp"

namespace ph::sasl {

Step Exchange::start(std::optional<std::string_view> initial) {
  if (!initial) return mechanism_->step(std::nullopt);
  if (*initial == "=") return mechanism_->step("");
  return decoded(*initial);
}

Step Exchange::line(std::string_view line) {
  if (line == "*") {
    over_ = true;
    return Failure{Failure::Why::Cancelled, "authentication cancelled"};
  }
  return decoded(line);
}

Step Exchange::decoded(std::string_view line) {
  const auto fail = [this](Failure::Why why, std::string text) {
    over_ = true;
    return Failure{why, std::move(text)};
  };
  if (over_) return fail(Failure::Why::Malformed, "authentication exchange is over");
  if (line.size() > kMaxLine) return fail(Failure::Why::TooLong, "authentication line is too long");
  const auto bytes = decodeBase64(line);
  if (!bytes) return fail(Failure::Why::Malformed, bytes.error().text);
  return mechanism_->step(std::string_view(*bytes));
}

}  // namespace ph::sasl
