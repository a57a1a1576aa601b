// BDAT. RFC 3030 2: bdat-cmd = "BDAT" SP chunk-size [ SP "LAST" ] CRLF, then exactly so many octets.
//
// Whatever is wrong, the octets are read before the answer (RFC 3030 2), else the client's message would be taken for
// commands. Where that can't be done the connection is closed.
#include "commands/table.hpp"
#include "data/receive.hpp"

namespace ph_smtp {

namespace {

void refuse(Chunk& chunk, int code, const char* enhanced, const char* text) {
  chunk.code = code;
  chunk.enhanced = enhanced;
  chunk.text = text;
}

}  // namespace

ph::Next bdat(Session& s, std::string_view arguments) {
  const auto command = ph::smtp::parseChunk(arguments);
  if (!command) return s.close(501, "5.5.4", command.error().text);
  Chunk chunk{command->size, command->size, command->last, 0, {}, {}};
  Envelope* e = s.envelope();
  if (!e) {
    refuse(chunk, 503, "5.5.1", "no transaction");
  } else if (e->recipients.empty()) {
    refuse(chunk, 503, "5.5.1", "no valid recipients");
  } else if (!e->incoming) {
    const auto form = e->has(PH_MAIL_BINARYMIME) ? Incoming::Form::Binary : Incoming::Form::Text;
    if (!beginMessage(s, form)) {
      s.logMessage("message refused", "no room for a message");
      s.resetTransaction();
      refuse(chunk, 452, "4.3.1", "no room for a message now, try again later");
    }
  }
  if (farTooLarge(s, chunk.size)) {
    if (s.envelope()) s.logMessage("message refused", "message much too large");
    s.resetTransaction();
    return s.close(552, "5.3.4", "message much too large, closing connection");
  }
  s.beginChunk(std::move(chunk));
  return receive(s);  // a chunk may be empty, and is complete then
}

}  // namespace ph_smtp
