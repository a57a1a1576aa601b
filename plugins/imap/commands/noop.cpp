// NOOP. RFC 9051 6.1.2: what changed in the selected mailbox comes with the answer, as with every command.
#include "commands/table.hpp"

namespace ph_imap {

Step noop(Session& s, ph::imap::Parser& parser) {
  parser.end();
  return parser.ok() ? s.ok("done") : s.bad("NOOP has no arguments");
}

}  // namespace ph_imap
