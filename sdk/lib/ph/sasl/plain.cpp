// SASL PLAIN (RFC 4616 2).
#include "ph/sasl/plain.hpp"

#include "ph/text/utf8.hpp"

namespace ph::sasl {

Step Plain::step(std::optional<std::string_view> response) {
  const auto malformed = [](const char* text) { return Failure{Failure::Why::Malformed, text, {}}; };
  if (over_) return malformed("authentication exchange is over");
  if (!response) return Challenge{};  // the client speaks first; RFC 4422 5
  over_ = true;
  const std::size_t first = response->find('\0');
  if (first == std::string_view::npos) return malformed("PLAIN response has no separator");
  const std::size_t second = response->find('\0', first + 1);
  if (second == std::string_view::npos) return malformed("PLAIN response has one separator only");
  const std::string_view password = response->substr(second + 1);
  if (password.find('\0') != std::string_view::npos) return malformed("PLAIN response has too many separators");
  if (second == first + 1) return malformed("PLAIN response has no user name");
  if (password.empty()) return malformed("PLAIN response has no password");
  if (!text::isUtf8(*response)) return malformed("PLAIN response is not UTF-8");
  return PasswordLogin{std::string(response->substr(0, first)),
                       std::string(response->substr(first + 1, second - first - 1)), std::string(password)};
}

}  // namespace ph::sasl
