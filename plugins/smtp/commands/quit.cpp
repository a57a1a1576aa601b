// QUIT. RFC 5321 4.1.1.10: quit = "QUIT" CRLF
#include "commands/table.hpp"

namespace ph_smtp {

ph::Next quit(Session& s, std::string_view arguments) {
  if (!arguments.empty()) return s.mistake(501, "5.5.4", "QUIT takes no argument");
  return s.close(221, "2.0.0", s.hostname() + " closing connection");
}

}  // namespace ph_smtp
