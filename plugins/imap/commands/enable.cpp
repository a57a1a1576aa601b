// ENABLE. RFC 9051 6.3.1: enable = "ENABLE" 1*(SP capability); unknown ones are ignored.
#include "commands/table.hpp"

namespace ph_imap {

Step enable(Session& s, ph::imap::Parser& parser) {
  std::string enabled;
  bool rev2 = false;
  bool utf8 = false;
  do {
    parser.space();
    const std::string name = parser.word();
    rev2 = rev2 || name == "IMAP4REV2";
    utf8 = utf8 || name == "UTF8=ACCEPT";
  } while (parser.ok() && !parser.isAtEnd());
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (rev2) {
    s.enableRev2();
    enabled += " IMAP4rev2";
  }
  if (utf8) {
    s.enableUtf8();
    enabled += " UTF8=ACCEPT";
  }
  s.out().raw("* ENABLED").raw(enabled).raw("\r\n");
  return s.ok("done");
}

}  // namespace ph_imap
