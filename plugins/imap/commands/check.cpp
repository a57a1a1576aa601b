// CHECK. RFC 3501 6.4.1: every change is on disk when its command is answered, so there is nothing to do.
#include "commands/table.hpp"

namespace ph_imap {

Step check(Session& s, ph::imap::Parser& parser) {
  parser.end();
  return parser.ok() ? s.ok("done") : s.bad("CHECK has no arguments");
}

}  // namespace ph_imap
