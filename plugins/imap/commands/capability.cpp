// CAPABILITY. RFC 9051 6.1.1: capability = "CAPABILITY"
#include "commands/capability.hpp"

#include "commands/table.hpp"

namespace ph_imap {

std::string capabilities(const Session& s) {
  std::string out = "CAPABILITY IMAP4rev2 IMAP4rev1 LITERAL+ SASL-IR ENABLE ID";
  if (!s.isLoggedIn()) {
    if (s.tlsOffered()) out += " STARTTLS";
    out += s.passwordAllowed() ? " AUTH=PLAIN AUTH=LOGIN" : " LOGINDISABLED";
    return out;
  }
  out +=
      " IDLE BINARY NAMESPACE CHILDREN UNSELECT UIDPLUS MOVE ESEARCH SEARCHRES WITHIN SAVEDATE CONDSTORE QRESYNC"
      " LIST-EXTENDED LIST-STATUS STATUS=SIZE SPECIAL-USE CREATE-SPECIAL-USE QUOTA QUOTA=RES-STORAGE UTF8=ACCEPT"
      " APPENDLIMIT=";
  return out + std::to_string(s.settings().appendLimit);
}

Step capability(Session& s, ph::imap::Parser& parser) {
  parser.end();
  if (!parser.ok()) return s.bad("CAPABILITY has no arguments");
  s.out().raw("* ").raw(capabilities(s)).raw("\r\n");
  return s.ok("done");
}

}  // namespace ph_imap
