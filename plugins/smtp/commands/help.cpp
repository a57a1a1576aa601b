// HELP. RFC 5321 4.1.1.8: help = "HELP" [ SP String ] CRLF
#include "commands/table.hpp"

namespace ph_smtp {

ph::Next help(Session& s, std::string_view) {
  ph::smtp::Reply reply(214, "2.0.0", "commands: EHLO HELO MAIL RCPT DATA BDAT RSET NOOP VRFY EXPN HELP QUIT");
  if (s.tlsOffered()) reply.addLine("and STARTTLS");
  if (s.authAllowed()) reply.addLine("and AUTH");
  return s.reply(reply);
}

}  // namespace ph_smtp
