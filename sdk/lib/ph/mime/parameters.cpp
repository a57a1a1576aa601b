// Reading of parameters, and joining and decoding of their RFC 2231 pieces.
#include "ph/mime/parameters.hpp"

#include <algorithm>
#include <map>

#include "ph/charset/convert.hpp"
#include "ph/charset/words.hpp"
#include "ph/text/ascii.hpp"

namespace ph::mime {
namespace {

constexpr size_t kMaxParameters = 1000;

// "name*12*" -> base name, piece number (-1: none), and whether it is percent-encoded.
struct Piece {
  std::string_view base;
  int number = -1;
  bool extended = false;
};

Piece splitName(std::string_view name) {
  Piece piece;
  const size_t star = name.find('*');
  piece.base = name.substr(0, star);
  if (star == std::string_view::npos) return piece;
  std::string_view rest = name.substr(star + 1);
  if (rest.empty()) {
    piece.extended = true;
    return piece;
  }
  if (rest.back() == '*') {
    piece.extended = true;
    rest.remove_suffix(1);
  }
  if (rest.empty() || rest.size() > 4 || !std::all_of(rest.begin(), rest.end(), text::isDigit)) {
    return {name, -1, false};  // no RFC 2231 name, taken as it is
  }
  piece.number = 0;
  for (const char c : rest) piece.number = piece.number * 10 + (c - '0');
  return piece;
}

std::string percentDecode(std::string_view in) {
  std::string out;
  for (size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '%' && i + 2 < in.size() && text::hexValue(in[i + 1]) >= 0 && text::hexValue(in[i + 2]) >= 0) {
      out += static_cast<char>(text::hexValue(in[i + 1]) * 16 + text::hexValue(in[i + 2]));
      i += 2;
    } else {
      out += in[i];
    }
  }
  return out;
}

// Cuts charset'language' off an extended value and returns the charset.
std::string takeCharset(std::string_view& value) {
  const size_t first = value.find('\'');
  const size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos) return {};
  std::string charset(value.substr(0, first));
  value.remove_prefix(second + 1);
  return charset;
}

std::string clean(std::string value) {
  std::erase_if(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return value;
}

bool needsNoDecoding(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < 0x7f; }) &&
         value.find("=?") == std::string_view::npos;
}

std::string decodePlain(std::string_view value) {
  return needsNoDecoding(value) ? std::string(value) : clean(charset::decodeWords(value));
}

struct Pieces {
  const std::string* plain = nullptr;
  const std::string* extended = nullptr;
  std::map<int, std::pair<bool, const std::string*>> numbered;
};

std::optional<std::string> join(const Pieces& pieces) {
  if (pieces.extended) {  // RFC 2231 4 before the plain form that is there for old readers
    std::string_view value = *pieces.extended;
    const std::string charset = takeCharset(value);
    return clean(charset::toUtf8(charset, percentDecode(value)));
  }
  if (pieces.numbered.contains(0)) {
    std::string bytes;
    std::string charset;
    int expected = 0;
    for (const auto& [number, piece] : pieces.numbered) {
      if (number != expected++) break;
      std::string_view value = *piece.second;
      if (number == 0 && piece.first) charset = takeCharset(value);
      bytes += piece.first ? percentDecode(value) : std::string(value);
    }
    return charset.empty() ? decodePlain(bytes) : clean(charset::toUtf8(charset, bytes));
  }
  if (pieces.plain) return decodePlain(*pieces.plain);
  return std::nullopt;
}

void collect(Pieces& pieces, const Piece& piece, const std::string& value) {
  if (piece.number >= 0) {
    pieces.numbered.try_emplace(piece.number, piece.extended, &value);
  } else if (const std::string*& slot = piece.extended ? pieces.extended : pieces.plain; !slot) {
    slot = &value;
  }
}

void skipBlanks(std::string_view s, size_t& pos) {
  size_t depth = 0;
  for (; pos < s.size(); ++pos) {
    if (s[pos] == '\\' && depth > 0) {
      ++pos;
    } else if (s[pos] == '(') {
      ++depth;
    } else if (s[pos] == ')' && depth > 0) {
      --depth;
    } else if (depth == 0 && !text::isSpace(s[pos])) {
      return;
    }
  }
  pos = s.size();
}

// Reads a quoted string whose opening quote is at pos.
std::string quotedString(std::string_view s, size_t& pos) {
  std::string out;
  for (++pos; pos < s.size() && s[pos] != '"'; ++pos) {
    if (s[pos] == '\r' || s[pos] == '\n' || s[pos] == '\0') continue;
    // Windows paths come with lone backslashes; only a quote or a backslash needs the escape.
    if (s[pos] == '\\' && pos + 1 < s.size() && (s[pos + 1] == '"' || s[pos + 1] == '\\')) ++pos;
    out += s[pos];
  }
  if (pos < s.size()) ++pos;
  return out;
}

}  // namespace

std::optional<std::string> Parameters::get(std::string_view name) const {
  Pieces pieces;
  for (const Parameter& parameter : raw_) {
    if (parameter.name == name) {
      collect(pieces, {name, -1, false}, parameter.value);
    } else if (parameter.name.size() > name.size() && parameter.name[name.size()] == '*') {
      if (const Piece piece = splitName(parameter.name); piece.base == name) collect(pieces, piece, parameter.value);
    }
  }
  return join(pieces);
}

std::vector<Parameter> Parameters::decoded() const {
  std::map<std::string, Pieces, std::less<>> byName;
  std::vector<std::string> order;
  for (const Parameter& parameter : raw_) {
    const Piece piece = splitName(parameter.name);
    const auto [it, fresh] = byName.try_emplace(std::string(piece.base));
    if (fresh) order.push_back(it->first);
    collect(it->second, piece, parameter.value);
  }
  std::vector<Parameter> out;
  for (std::string& name : order) {
    if (auto value = join(byName.find(name)->second)) out.push_back({std::move(name), std::move(*value)});
  }
  return out;
}

void parseParameters(std::string_view s, Parameters& out) {
  size_t pos = 0;
  while (out.raw().size() < kMaxParameters) {
    skipBlanks(s, pos);
    while (pos < s.size() && s[pos] == ';') skipBlanks(s, ++pos);
    if (pos >= s.size()) return;
    const size_t nameStart = pos;
    while (pos < s.size() && s[pos] != '=' && s[pos] != ';' && s[pos] != '"' && !text::isSpace(s[pos])) ++pos;
    std::string name = text::toLower(s.substr(nameStart, pos - nameStart));
    skipBlanks(s, pos);
    if (pos >= s.size() || s[pos] != '=' || name.empty()) {  // no parameter; take up after the next semicolon
      if (pos < s.size() && s[pos] == '"') quotedString(s, pos);
      pos = std::min(s.size(), s.find(';', pos));
      continue;
    }
    skipBlanks(s, ++pos);
    std::string value;
    if (pos < s.size() && s[pos] == '"') {
      value = quotedString(s, pos);
    } else {
      // Unquoted values with blanks are common in file names: up to the semicolon, without trailing blanks.
      const size_t end = std::min(s.size(), s.find(';', pos));
      std::string_view plain = s.substr(pos, end - pos);
      if (const size_t comment = plain.find(" ("); comment != std::string_view::npos) plain = plain.substr(0, comment);
      for (const char c : text::trim(plain)) {
        if (c != '\r' && c != '\n' && c != '\0') value += c;
      }
      pos = end;
    }
    std::erase_if(name, [](char c) { return c == '\0'; });
    if (!name.empty()) out.add(std::move(name), std::move(value));
    pos = std::min(s.size(), s.find(';', pos));
  }
}

}  // namespace ph::mime
