// DATA. RFC 5321 4.1.1.4: data = "DATA" CRLF; the message itself is read in data/receive.cpp.
#include "commands/table.hpp"
#include "data/receive.hpp"

namespace ph_smtp {

ph::Next data(Session& s, std::string_view arguments) {
  if (!arguments.empty()) return s.mistake(501, "5.5.4", "DATA takes no argument");
  Envelope* e = s.envelope();
  if (!e) return s.mistake(503, "5.5.1", "MAIL first");
  if (e->recipients.empty()) return s.mistake(503, "5.5.1", "no valid recipients");
  // RFC 3030 2, 3: one or the other; and what is binary has no lines to look for the end in.
  if (e->incoming) return s.mistake(503, "5.5.1", "the message has begun with BDAT");
  if (e->has(PH_MAIL_BINARYMIME)) return s.mistake(503, "5.5.1", "BODY=BINARYMIME needs BDAT");
  if (!beginMessage(s, Incoming::Form::Data)) {
    s.logMessage("message refused", "no room for a message");
    s.resetTransaction();
    return s.reply(452, "4.3.1", "no room for a message now, try again later");
  }
  s.beginData();
  return s.reply(354, "", "send the message, end with <CRLF>.<CRLF>");
}

}  // namespace ph_smtp
