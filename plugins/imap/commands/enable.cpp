// ENABLE. RFC 9051 6.3.1: enable = "ENABLE" 1*(SP capability); unknown ones are ignored.
#include "commands/table.hpp"

namespace ph_imap {

namespace {

struct Extension {
  std::string_view name;  // upper case
  std::string_view shown;
  void (Session::*enable)();
};
constexpr Extension kExtensions[] = {
    {"IMAP4REV2", "IMAP4rev2", &Session::enableRev2},      {"UTF8=ACCEPT", "UTF8=ACCEPT", &Session::enableUtf8},
    {"CONDSTORE", "CONDSTORE", &Session::enableCondstore}, {"QRESYNC", "QRESYNC", &Session::enableQresync},
    {"UIDONLY", "UIDONLY", &Session::enableUidOnly},       {"METADATA", "METADATA", &Session::enableMetadata},
};

}  // namespace

Step enable(Session& s, ph::imap::Parser& parser) {
  unsigned wanted = 0;
  do {
    parser.space();
    const std::string name = parser.word();
    for (size_t i = 0; i < std::size(kExtensions); ++i) {
      if (kExtensions[i].name == name && s.offers(name)) wanted |= 1U << i;
    }
  } while (parser.ok() && !parser.isAtEnd());
  if (!parser.ok()) return s.bad(parser.status().error().text);
  std::string enabled;
  for (size_t i = 0; i < std::size(kExtensions); ++i) {
    if (!(wanted & (1U << i))) continue;
    const auto enableIt = kExtensions[i].enable;  // in one expression g++ 12's sanitizer miscounts the index
    (s.*enableIt)();
    enabled.append(" ").append(kExtensions[i].shown);
  }
  s.out().raw("* ENABLED").raw(enabled).raw("\r\n");
  return s.ok("done");
}

}  // namespace ph_imap
