#include "acl.hpp"

#include "ph/sasl/opaque_string.hpp"

namespace ph_imap {

std::string parseIdentifier(ph::imap::Parser& parser) {
  const std::string given = parser.astring();
  const std::string dash = given.substr(0, 1) == "-" ? "-" : "";
  const auto name = ph::sasl::prepareOpaqueString(std::string_view(given).substr(dash.size()));
  if (parser.ok() && !name) parser.fail("not an identifier");
  return name ? dash + *name : std::string();
}

}  // namespace ph_imap
