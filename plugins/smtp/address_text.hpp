// Addresses as the host takes them: "local@domain" without angle brackets.
#pragma once

#include <string>

#include "ph/smtp/path.hpp"

namespace ph_smtp {

// Empty for the null path.
inline std::string withoutBrackets(const ph::smtp::Path& path) {
  const std::string text = ph::smtp::formatPath(path);
  return text.size() >= 2 ? text.substr(1, text.size() - 2) : std::string();
}

}  // namespace ph_smtp
