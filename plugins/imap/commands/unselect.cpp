// UNSELECT. RFC 9051 6.4.2: like CLOSE, but nothing is expunged.
#include "commands/table.hpp"

namespace ph_imap {

Step unselect(Session& s, ph::imap::Parser& parser) {
  parser.end();
  if (!parser.ok()) return s.bad("UNSELECT has no arguments");
  s.select(nullptr);
  return s.ok("done");
}

}  // namespace ph_imap
