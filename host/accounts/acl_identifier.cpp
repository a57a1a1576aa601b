#include "accounts/acl_identifier.hpp"

namespace posthouse::accounts {

ph::Result<std::string> resolveIdentifier(const Directory& directory, std::string_view identifier) {
  const std::string dash = identifier.substr(0, 1) == "-" ? "-" : "";
  const auto user = identifier.substr(dash.size());
  if (user == "anyone") return dash + "anyone";
  const auto name = directory.accountOfLogin(user);
  if (name.empty()) return ph::Error{ph::Kind::Invalid, "nobody here is called " + std::string(user)};
  return dash + name;
}

}  // namespace posthouse::accounts
