// NOOP. RFC 5321 4.1.1.9: noop = "NOOP" [ SP String ] CRLF; the string is ignored.
#include "commands/table.hpp"

namespace ph_smtp {

ph::Next noop(Session& s, std::string_view) {
  return s.reply(250, "2.0.0", "OK");
}

}  // namespace ph_smtp
