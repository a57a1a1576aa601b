// STARTTLS. RFC 3207 4: starttls = "STARTTLS" CRLF
#include "commands/table.hpp"

namespace ph_smtp {

ph::Next startTls(Session& s, std::string_view arguments) {
  if (!arguments.empty()) return s.mistake(501, "5.5.4", "STARTTLS takes no argument");
  if (s.tlsActive()) return s.mistake(503, "5.5.1", "TLS is active already");
  if (!s.tlsOffered()) return s.mistake(502, "5.5.1", "TLS is not offered here");
  if (!s.account().empty()) return s.mistake(503, "5.5.1", "too late, you are logged in");
  // Bytes behind the command came in plain text: whoever put them there would be believed after the handshake.
  if (!s.input().empty()) return s.close(501, "5.5.4", "nothing may be sent behind STARTTLS");
  if (!s.startTls()) return s.reply(454, "4.7.0", "TLS is not available now");
  s.reply(220, "2.0.0", "begin the handshake");
  // RFC 3207 4.2: whatever was said in plain text is forgotten.
  s.resetTransaction();
  s.forgetGreeting();
  return ph::Next::Tls;
}

}  // namespace ph_smtp
