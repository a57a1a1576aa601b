// NAMESPACE. RFC 9051 6.3.10: one personal namespace, and with ACL that of other users.
#include "commands/table.hpp"

namespace ph_imap {

Step nameSpace(Session& s, ph::imap::Parser& parser) {
  parser.end();
  if (!parser.ok()) return s.bad("NAMESPACE has no arguments");
  s.out().raw("* NAMESPACE ((\"\" \"/\")) ");
  s.out().raw(s.offers("ACL") ? "((\"Other Users/\" \"/\"))" : "NIL").raw(" NIL\r\n");
  return s.ok("done");
}

}  // namespace ph_imap
