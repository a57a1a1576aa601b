// UNAUTHENTICATE: as before the login, on the same connection. RFC 8437 3: unauthenticate = "UNAUTHENTICATE"
#include "commands/table.hpp"

namespace ph_imap {

Step unauthenticate(Session& s, ph::imap::Parser& parser) {
  parser.end();
  if (!parser.ok()) return s.bad("UNAUTHENTICATE has no arguments");
  // RFC 8437 3, 4.1: compression would have to end between two octets. A client that comes anew is as quick.
  if (s.isCompressed()) return s.bye("a connection that is compressed keeps its user");
  // RFC 8437 3: nothing is expunged, and no change is told any more.
  s.loggedOut();
  return s.ok("as before the login");
}

}  // namespace ph_imap
