// LOGOUT. RFC 9051 6.1.3.
#include "commands/table.hpp"

namespace ph_imap {

Step logout(Session& s, ph::imap::Parser& parser) {
  parser.end();
  if (!parser.ok()) return s.bad("LOGOUT has no arguments");
  s.select(nullptr);  // nothing of it is told any more
  s.bye("logging out");
  s.ok("bye");
  return Step::Close;
}

}  // namespace ph_imap
