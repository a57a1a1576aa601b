// GETMETADATA. RFC 5464 4.2: getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries. The options
// may stand behind the mailbox too, as the examples there have it.
#include <algorithm>

#include "commands/table.hpp"
#include "mailbox_lookup.hpp"
#include "metadata.hpp"

namespace ph_imap {

namespace {

constexpr int kInfinity = 1 << 20;

struct Options {
  uint64_t maxSize = UINT64_MAX;
  int depth = 0;
};

void parseOptions(ph::imap::Parser& parser, Options& o) {
  parser.expect('(');
  do {
    const std::string name = parser.word();
    parser.space();
    if (name == "MAXSIZE") {
      o.maxSize = parser.number();
    } else if (name == "DEPTH") {
      const std::string depth = parser.word();
      o.depth = depth == "0" ? 0 : depth == "1" ? 1 : kInfinity;
      if (o.depth == kInfinity && depth != "INFINITY") parser.fail("DEPTH is 0, 1 or infinity");
    } else {
      parser.fail("unknown option");
    }
  } while (parser.accept(' '));
  parser.expect(')');
}

// "(" is of options when a name follows, of entries when a slash does.
bool optionsFollow(const ph::imap::Parser& parser) {
  const char next = parser.peek(1);
  return parser.peek() == '(' && next != '/' && next != '"' && next != '{';
}

bool isWanted(const std::string& entry, const std::vector<std::string>& asked, int depth) {
  return std::any_of(asked.begin(), asked.end(), [&](const std::string& name) {
    if (entry.compare(0, name.size(), name) != 0) return false;
    if (entry.size() == name.size()) return true;
    return entry[name.size()] == '/' &&
           std::count(entry.begin() + static_cast<std::ptrdiff_t>(name.size()), entry.end(), '/') <= depth;
  });
}

Step tell(Session& s, const ph::Account& account, uint64_t id, const std::string& shown,
          const std::vector<std::string>& asked, const Options& options) {
  auto all = account.annotations(id);
  if (!all) return s.no(all.error());
  uint64_t longest = 0;
  std::erase_if(*all, [&](const ph::Annotation& a) {
    if (!isWanted(a.entry, asked, options.depth)) return true;
    if (a.value->size() <= options.maxSize) return false;
    longest = std::max<uint64_t>(longest, a.value->size());
    return true;
  });
  writeMetadata(s, shown, *all);
  return longest == 0 ? s.ok("done") : s.ok("done", "METADATA LONGENTRIES " + std::to_string(longest));
}

}  // namespace

Step getMetadata(Session& s, ph::imap::Parser& parser) {
  Options options;
  parser.space();
  if (optionsFollow(parser)) {
    parseOptions(parser, options);
    parser.space();
  }
  const std::string name = parser.mailbox();
  parser.space();
  if (optionsFollow(parser)) {
    parseOptions(parser, options);
    parser.space();
  }
  const auto asked = parseEntries(parser);
  parser.end();
  if (!parser.ok()) return s.bad(parser.status().error().text);
  if (name.empty()) return tell(s, s.account(), 0, {}, asked, options);
  // RFC 5464 3.3: "l", and one of others that the account knows.
  return findMailbox(s, name, right::kLookup, [asked, options](Session& session, ph::Result<Place> place) {
    if (!place) return session.no(place.error());
    return tell(session, *place->home.account, place->info.id, place->info.name_, asked, options);
  });
}

}  // namespace ph_imap
