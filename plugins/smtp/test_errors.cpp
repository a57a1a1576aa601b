#include "test_errors.hpp"

#include <algorithm>
#include <string>

#include "ph/text/ascii.hpp"

namespace ph_smtp {

std::optional<TestError> testErrorOf(std::string_view localPart) {
  const std::string name = ph::text::toLower(localPart);
  TestError out;
  if (name.starts_with("queue")) return std::nullopt;
  if (name.starts_with("mailfrom")) out.where = TestError::Where::Mail;
  if (name.starts_with("rcptto")) out.where = TestError::Where::Rcpt;
  if (name.ends_with("temperror")) {
    out.code = 451;
  } else if (name.ends_with("permerror")) {
    out.code = 550;
  } else if (name.ends_with("timeout")) {
    out.code = 451;
    out.timeout = true;
  } else if (name.size() >= 3 && std::all_of(name.end() - 3, name.end(), ph::text::isDigit)) {
    out.code = std::stoi(name.substr(name.size() - 3));
    if (out.code < 400 || out.code > 599) return std::nullopt;
  } else {
    return std::nullopt;
  }
  return out;
}

}  // namespace ph_smtp
