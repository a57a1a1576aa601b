// VRFY. RFC 5321 4.1.1.6, 7.3: vrfy = "VRFY" SP String CRLF; who exists here is not told, and 252 says so.
#include "commands/table.hpp"

namespace ph_smtp {

ph::Next vrfy(Session& s, std::string_view arguments) {
  if (arguments.empty()) return s.mistake(501, "5.5.4", "syntax is VRFY user");
  return s.reply(252, "2.5.0", "cannot verify the user, but will take a message and try");
}

}  // namespace ph_smtp
