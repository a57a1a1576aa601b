// RSET. RFC 5321 4.1.1.5: rset = "RSET" CRLF; the transaction is forgotten, the greeting and the login stay.
#include "commands/table.hpp"

namespace ph_smtp {

ph::Next rset(Session& s, std::string_view arguments) {
  if (!arguments.empty()) return s.mistake(501, "5.5.4", "RSET takes no argument");
  if (s.envelope()) s.resetTransaction();
  return s.reply(250, "2.0.0", "OK");
}

}  // namespace ph_smtp
