#include "metadata_entry.hpp"

#include <algorithm>

#include "ph/text/ascii.hpp"

namespace ph_imap {

namespace {

constexpr size_t kMaxEntries = 1000;
constexpr size_t kMaxName = 1000;

bool isEntry(std::string_view name) {
  const bool scoped = name.compare(0, 9, "/private/") == 0 || name.compare(0, 8, "/shared/") == 0;
  return scoped && name.size() <= kMaxName && name.back() != '/' && name.find("//") == name.npos &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return c >= 0x20 && c < 0x7f && c != '*' && c != '%'; });
}

}  // namespace

std::string parseEntry(ph::imap::Parser& parser) {
  std::string name = ph::text::toLower(parser.astring());
  if (parser.ok() && !isEntry(name)) parser.fail("not the name of an entry");
  return name;
}

std::vector<std::string> parseEntries(ph::imap::Parser& parser) {
  std::vector<std::string> out;
  const bool many = parser.accept('(');
  do {
    std::string name = parseEntry(parser);
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
    if (out.size() > kMaxEntries) parser.fail("too many entries");
  } while (many && parser.accept(' '));
  if (many) parser.expect(')');
  return out;
}

}  // namespace ph_imap
