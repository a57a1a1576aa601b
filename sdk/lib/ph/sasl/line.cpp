// The line layer of a SASL exchange.
#include "ph/sasl/line.hpp"

#include "ph/sasl/base64.hpp"

namespace ph::sasl {

Result<std::string> decodeInitial(std::string_view text) {
  if (text == "=") return std::string();
  if (text.size() > kMaxLine) return Error{Kind::Limit, "authentication line is too long"};
  return decodeBase64(text);
}

Result<std::string> decodeLine(std::string_view line) {
  if (line == "*") return Error{Kind::Cancelled, "authentication cancelled"};
  if (line.size() > kMaxLine) return Error{Kind::Limit, "authentication line is too long"};
  return decodeBase64(line);
}

}  // namespace ph::sasl
