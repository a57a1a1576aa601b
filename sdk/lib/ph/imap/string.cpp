// Quoted strings and literals.
#include "ph/imap/string.hpp"

#include <algorithm>
#include <iterator>

namespace ph::imap {

void appendString(std::string& out, std::string_view text) {
  const bool quoted =
      text.size() <= kMaxQuoted && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
  if (quoted) {
    out += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
    return;
  }
  const auto nuls = static_cast<size_t>(std::count(text.begin(), text.end(), '\0'));
  out += '{' + std::to_string(text.size() - nuls) + "}\r\n";
  if (nuls == 0) {
    out.append(text);
  } else {
    std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c != '\0'; });
  }
}

void appendNString(std::string& out, std::string_view text) {
  if (text.empty()) {
    out += "NIL";
  } else {
    appendString(out, text);
  }
}

}  // namespace ph::imap
