// CAPABILITY. RFC 9051 6.1.1: capability = "CAPABILITY"
#include "commands/capability.hpp"

#include <algorithm>

#include "commands/table.hpp"

namespace ph_imap {

namespace {

// What is offered once somebody is logged in, beside the base. One line per extension or family.
constexpr std::string_view kExtensions[] = {
    "IDLE",
    "BINARY",
    "NAMESPACE",
    "CHILDREN",
    "UNSELECT",
    "UIDPLUS",
    "MOVE",
    "ESEARCH",
    "SEARCHRES",
    "WITHIN",
    "SAVEDATE",
    "CONDSTORE",
    "QRESYNC",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "STATUS=SIZE",
    "STATUS=DELETED",
    "SPECIAL-USE",
    "CREATE-SPECIAL-USE",
    "ACL",
    "QUOTA",
    "QUOTA=RES-STORAGE",
    "UTF8=ACCEPT",
    "COMPRESS=DEFLATE",
    "UIDONLY",
    "NOTIFY",
    "OBJECTID",
    "MULTIAPPEND",
    "REPLACE",
    "METADATA",
    "LIST-METADATA",
    "PREVIEW",
    "UNAUTHENTICATE",
    "SORT",
    "SORT=DISPLAY",
    "ESORT",
    "THREAD=ORDEREDSUBJECT",
    "THREAD=REFERENCES",
    "PARTIAL",
    "MULTISEARCH",
    "INPROGRESS",
};

}  // namespace

std::string capabilities(const Session& s) {
  std::string out = "CAPABILITY IMAP4rev2 IMAP4rev1 LITERAL+ SASL-IR ENABLE ID";
  if (!s.isLoggedIn()) {
    if (s.tlsOffered()) out += " STARTTLS";
    std::string mechanisms = s.mechanisms();
    if (mechanisms.empty()) out += " LOGINDISABLED";
    for (size_t at = 0; at < mechanisms.size();) {
      const size_t end = std::min(mechanisms.find(' ', at), mechanisms.size());
      out += " AUTH=" + mechanisms.substr(at, end - at);
      at = end + 1;
    }
    return out;
  }
  for (const auto name : kExtensions) {
    if (!s.offers(name)) continue;
    out.append(" ").append(name);
    // RFC 4314 5.1.1, RFC 8440.
    if (name == "ACL") out.append(" RIGHTS=texk LIST-MYRIGHTS");
  }
  if (!s.offers("APPENDLIMIT")) return out;
  return out + " APPENDLIMIT=" + std::to_string(s.settings().appendLimit);
}

Step capability(Session& s, ph::imap::Parser& parser) {
  parser.end();
  if (!parser.ok()) return s.bad("CAPABILITY has no arguments");
  s.out().raw("* ").raw(capabilities(s)).raw("\r\n");
  return s.ok("done");
}

}  // namespace ph_imap
