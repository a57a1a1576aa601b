// EXPN. RFC 5321 4.1.1.7, 7.3: expn = "EXPN" SP String CRLF; who is on a list is not told.
#include "commands/table.hpp"

namespace ph_smtp {

ph::Next expn(Session& s, std::string_view arguments) {
  if (arguments.empty()) return s.mistake(501, "5.5.4", "syntax is EXPN list");
  return s.reply(252, "2.5.0", "cannot expand the list, but will take a message and try");
}

}  // namespace ph_smtp
