#include "config/edit/path.hpp"

#include <algorithm>
#include <charconv>

#include "json/value.hpp"
#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace posthouse::config::edit {
namespace {

bool isBare(char c) {
  return ph::text::isAlpha(c) || ph::text::isDigit(c) || c == '_' || c == '-';
}

}  // namespace

ph::Result<Path> parsePath(std::string_view text) {
  const ph::Error bad{ph::Kind::Invalid, "'" + std::string(text) + "' is not a path such as plugins.smtp.enabled"};
  Path out;
  for (size_t at = 0;;) {
    Step step;
    if (at < text.size() && text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && ++at == text.size()) return bad;
        step.key += text[at];
      }
      if (at++ == text.size()) return bad;
    } else {
      while (at < text.size() && isBare(text[at])) step.key += text[at++];
    }
    if (step.key.empty() || !ph::text::isUtf8(step.key)) return bad;
    if (at < text.size() && text[at] == '[') {
      const char* const end = text.data() + text.size();
      const auto [stop, error] = std::from_chars(text.data() + at + 1, end, step.index);
      if (error != std::errc() || stop == end || *stop != ']' || step.index < 0) return bad;
      at = static_cast<size_t>(stop - text.data()) + 1;
    }
    out.push_back(std::move(step));
    if (at == text.size()) return out;
    if (text[at++] != '.') return bad;
  }
}

std::string keyText(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), isBare) ? std::string(key) : json::quoted(key);
}

std::string pathText(const Path& path) {
  std::string out;
  for (const auto& s : path) {
    out += (out.empty() ? "" : ".") + keyText(s.key);
    if (s.index >= 0) out += "[" + std::to_string(s.index) + "]";
  }
  return out;
}

std::string dottedKey(const Path& path, size_t from) {
  std::string out;
  for (size_t i = from; i < path.size(); ++i) out += (out.empty() ? "" : ".") + keyText(path[i].key);
  return out;
}

bool isPrefix(const Path& prefix, const Path& path) {
  return prefix.size() <= path.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

}  // namespace posthouse::config::edit
