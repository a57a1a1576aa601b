// The table of mechanisms.
#include "ph/sasl/mechanism.hpp"

#include "ph/sasl/login.hpp"
#include "ph/sasl/plain.hpp"
#include "ph/text/ascii.hpp"

namespace ph::sasl {

std::unique_ptr<Mechanism> makeMechanism(std::string_view name) {
  if (text::equalsNoCase(name, "PLAIN")) return std::make_unique<Plain>();
  if (text::equalsNoCase(name, "LOGIN")) return std::make_unique<Login>();
  return nullptr;
}

}  // namespace ph::sasl
