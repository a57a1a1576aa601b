// LOGIN. RFC 9051 6.2.3: login = "LOGIN" SP userid SP password
#include "login.hpp"

#include "commands/table.hpp"

namespace ph_imap {

Step login(Session& s, ph::imap::Parser& parser) {
  if (!s.passwordAllowed()) return s.no("STARTTLS first", "PRIVACYREQUIRED");
  parser.space();
  std::string user = parser.astring();
  parser.space();
  std::string password = parser.astring();
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  return logIn(s, std::move(user), std::move(password));
}

}  // namespace ph_imap
