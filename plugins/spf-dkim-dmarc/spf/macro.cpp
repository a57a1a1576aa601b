#include "spf/macro.hpp"

#include <algorithm>
#include <utility>

#include "ph/text/ascii.hpp"

namespace ph_mailauth {

namespace {

using ph::text::isAlpha;
using ph::text::isDigit;

constexpr size_t kMaxName = 253;

bool isAlnum(char c) {
  return isAlpha(c) || isDigit(c);
}

// toplabel of RFC 7208 7.1: letters and digits with a letter, or with a hyphen inside.
bool isTopLabel(std::string_view label) {
  if (label.empty() || !isAlnum(label.front()) || !isAlnum(label.back())) return false;
  const bool known = std::all_of(label.begin(), label.end(), [](char c) { return isAlnum(c) || c == '-'; });
  return known && std::any_of(label.begin(), label.end(), [](char c) { return isAlpha(c) || c == '-'; });
}

// Whether the literal at the end of a domain-spec is ( "." toplabel [ "." ] ).
bool endsWithTopLabel(std::string_view literal) {
  if (!literal.empty() && literal.back() == '.') literal.remove_suffix(1);
  const size_t dot = literal.rfind('.');
  return dot != literal.npos && isTopLabel(literal.substr(dot + 1));
}

std::string dotted(const Ip& ip) {
  if (!ip.v6) return ip.text();
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const uint8_t octet : ip.bytes) {
    if (!out.empty()) out += '.';
    out += kHex[octet >> 4];
    out += '.';
    out += kHex[octet & 15];
  }
  return out;
}

std::string valueOf(char letter, const MacroValues& v) {
  switch (letter) {
    case 's':
      return v.sender;
    case 'l':
      return v.localpart;
    case 'o':
      return v.origin;
    case 'd':
      return v.domain;
    case 'i':
      return dotted(v.ip);
    case 'p':
      return v.validatedName ? v.validatedName() : "unknown";
    case 'v':
      return v.ip.v6 ? "ip6" : "in-addr";
    case 'h':
      return v.helo;
    case 'c':
      return v.ip.text();
    case 'r':
      return v.receiver.empty() ? "unknown" : v.receiver;
    case 't':
      return std::to_string(v.now);
    default:
      return {};
  }
}

// RFC 7208 7.3: split, reverse, keep the right-hand parts, join with dots.
std::string transformed(const std::string& value, std::string_view delimiters, bool reverse, unsigned keep) {
  std::vector<std::string> parts(1);
  for (const char c : value) {
    if (delimiters.find(c) != delimiters.npos) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (reverse) std::reverse(parts.begin(), parts.end());
  const size_t first = keep != 0 && keep < parts.size() ? parts.size() - keep : 0;
  std::string out;
  for (size_t i = first; i < parts.size(); ++i) {
    if (i > first) out += '.';
    out += parts[i];
  }
  return out;
}

// RFC 3986 2.3: all but unreserved characters.
std::string urlEscaped(const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (isAlnum(c) || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto octet = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[octet >> 4];
      out += kHex[octet & 15];
    }
  }
  return out;
}

}  // namespace

// macro-expand = "%{" macro-letter *DIGIT [ "r" ] *delimiter "}"; `at` is behind "%{".
bool MacroString::parseMacro(std::string_view text, size_t& at, Place place, Part& out) {
  if (at >= text.size()) return false;
  out.letter = ph::text::lower(text[at]);
  out.escaped = out.letter != text[at];
  const std::string_view letters = place == Place::Explanation ? "slodipvhcrt" : "slodipvh";
  if (letters.find(out.letter) == letters.npos) return false;
  ++at;
  bool digits = false;
  for (; at < text.size() && isDigit(text[at]); ++at) {
    digits = true;
    out.keep = std::min(out.keep * 10 + static_cast<unsigned>(text[at] - '0'), 1000U);
  }
  if (digits && out.keep == 0) return false;
  if (at < text.size() && ph::text::lower(text[at]) == 'r') {
    out.reverse = true;
    ++at;
  }
  for (; at < text.size() && std::string_view(".-+,/_=").find(text[at]) != std::string_view::npos; ++at) {
    out.delimiters += text[at];
  }
  return at < text.size() && text[at++] == '}';
}

std::optional<MacroString> MacroString::parse(std::string_view text, Place place) {
  MacroString out;
  bool endsWithMacro = false;
  std::string literal;
  const auto flush = [&] {
    if (literal.empty()) return;
    Part p;
    p.literal = std::exchange(literal, {});
    out.parts_.push_back(std::move(p));
  };
  for (size_t at = 0; at < text.size();) {
    const char c = text[at++];
    endsWithMacro = c == '%';
    if (c != '%') {
      if ((c < 0x21 || c > 0x7e) && !(c == ' ' && place == Place::Explanation)) return std::nullopt;
      literal += c;
      continue;
    }
    if (at == text.size()) return std::nullopt;
    const char kind = text[at++];
    if (kind == '%') {
      literal += '%';
    } else if (kind == '_') {
      literal += ' ';
    } else if (kind == '-') {
      literal += "%20";
    } else if (kind == '{') {
      flush();
      Part p;
      if (!parseMacro(text, at, place, p)) return std::nullopt;
      out.parts_.push_back(std::move(p));
    } else {
      return std::nullopt;
    }
  }
  if (place == Place::DomainSpec && !endsWithMacro && !endsWithTopLabel(literal)) return std::nullopt;
  flush();
  return out;
}

std::string MacroString::expand(const MacroValues& values) const {
  std::string out;
  for (const auto& p : parts_) {
    if (p.letter == 0) {
      out += p.literal;
      continue;
    }
    std::string value = valueOf(p.letter, values);
    if (p.keep != 0 || p.reverse || !p.delimiters.empty()) {
      value = transformed(value, p.delimiters.empty() ? "." : p.delimiters, p.reverse, p.keep);
    }
    out += p.escaped ? urlEscaped(value) : value;
  }
  return out;
}

std::string MacroString::expandName(const MacroValues& values) const {
  std::string name = expand(values);
  if (!name.empty() && name.back() == '.') name.pop_back();
  while (name.size() > kMaxName) {
    const size_t dot = name.find('.');
    if (dot == name.npos) break;  // no name; asking for it finds nothing
    name.erase(0, dot + 1);
  }
  return name;
}

bool MacroString::uses(std::string_view letters) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [&](const Part& p) { return p.letter != 0 && letters.find(p.letter) != letters.npos; });
}

}  // namespace ph_mailauth
