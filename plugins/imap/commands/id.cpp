// ID. RFC 2971 3: id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)
#include "commands/table.hpp"

namespace ph_imap {

namespace {

constexpr size_t kMaxFields = 30;
constexpr size_t kMaxLogged = 200;

}  // namespace

Step idCommand(Session& s, ph::imap::Parser& parser) {
  std::string client;
  parser.space();
  if (!parser.acceptWord("NIL")) {
    parser.expect('(');
    size_t count = 0;
    if (!parser.accept(')')) {
      do {
        const std::string field = parser.string();
        parser.space();
        const auto value = parser.nstring();
        if (value && ph::text::equalsNoCase(field, "name")) s.setClientName(value->substr(0, kMaxLogged));
        if (++count > kMaxFields) parser.fail("too many fields");
        if (value && client.size() < kMaxLogged) client += field.substr(0, 30) + "=" + value->substr(0, 100) + " ";
      } while (parser.accept(' '));
      parser.expect(')');
    }
  }
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (!client.empty()) s.host().info("client identified itself", {{"client", client}}, s.id());
  s.out().raw("* ID (\"name\" \"Posthouse\")\r\n");
  return s.ok("done");
}

}  // namespace ph_imap
