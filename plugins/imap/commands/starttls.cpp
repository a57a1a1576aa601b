// STARTTLS. RFC 9051 6.2.1.
#include "commands/table.hpp"

namespace ph_imap {

Step starttls(Session& s, ph::imap::Parser& parser) {
  parser.end();
  if (!parser.ok()) return s.bad("STARTTLS has no arguments");
  if (s.tlsActive()) return s.bad("TLS is active already");
  if (!s.tlsOffered()) return s.bad("TLS is not offered here");
  // What was sent behind the command came without protection: it must not be taken for what comes inside TLS.
  if (!s.input().empty()) {
    s.bad("nothing may follow STARTTLS before the handshake");
    return s.bye("nothing may follow STARTTLS before the handshake");
  }
  if (auto started = s.startTls(); !started) return s.no("TLS is not possible now", "UNAVAILABLE");
  s.ok("begin the handshake");
  return Step::Tls;
}

}  // namespace ph_imap
