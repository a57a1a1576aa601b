// DATA. RFC 5321 4.1.1.4: data = "DATA" CRLF; the message itself is read in data/receive.cpp.
#include "commands/table.hpp"

namespace ph_smtp {

ph::Next data(Session& s, std::string_view arguments) {
  if (!arguments.empty()) return s.mistake(501, "5.5.4", "DATA takes no argument");
  Envelope* e = s.envelope();
  if (!e) return s.mistake(503, "5.5.1", "MAIL first");
  if (e->recipients.empty()) return s.mistake(503, "5.5.1", "no valid recipients");
  auto message = ph::Message::create(s.host(), s.settings().maxMessageSize);
  if (!message) {
    s.logMessage("message refused", "no room for a message");
    s.resetTransaction();
    return s.reply(452, "4.3.1", "no room for a message now, try again later");
  }
  e->incoming = std::make_unique<Incoming>(std::move(message), s.settings().maxMessageSize, s.host().monotonicMs());
  s.beginData();
  return s.reply(354, "", "send the message, end with <CRLF>.<CRLF>");
}

}  // namespace ph_smtp
