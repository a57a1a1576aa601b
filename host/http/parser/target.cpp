#include "http/parser/target.hpp"

#include <algorithm>
#include <vector>

#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace posthouse::http {
namespace {

using ph::text::hexValue;
using ph::text::isAlpha;
using ph::text::isDigit;

bool isUnreserved(char c) {
  return isAlpha(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// RFC 3986 3.3 and 3.4: pchar, and what else may stand between.
bool mayStand(char c, std::string_view more) {
  constexpr std::string_view kSubDelims = "!$&'()*+,;=:@";
  return isUnreserved(c) || kSubDelims.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
}

bool isQuery(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || hexValue(text[i + 1]) < 0 || hexValue(text[i + 2]) < 0) return false;
      i += 2;
    } else if (!mayStand(text[i], "/?[]|\"<>^`{}")) {  // browsers send more than RFC 3986 knows
      return false;
    }
  }
  return true;
}

bool setPathAndQuery(std::string_view text, Target* out) {
  const size_t mark = text.find('?');
  auto path = decodePath(text.substr(0, mark));
  if (!path) return false;
  out->path = std::move(*path);
  if (mark == std::string_view::npos) return true;
  out->query = text.substr(mark + 1);
  return isQuery(out->query);
}

bool isHost(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    return std::all_of(host.begin(), host.end(), [](char c) { return hexValue(c) >= 0 || c == ':' || c == '.'; });
  }
  return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
    return isAlpha(c) || isDigit(c) || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace

std::optional<Authority> parseAuthority(std::string_view text) {
  Authority out;
  const size_t bracket = text.rfind(']');
  const size_t colon = text.rfind(':');
  std::string_view host = text;
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (port.size() > 5 || !std::all_of(port.begin(), port.end(), isDigit)) return std::nullopt;
    for (const char c : port) out.port = out.port * 10 + (c - '0');
    if (out.port > 65535) return std::nullopt;
  }
  if (!isHost(host)) return std::nullopt;
  out.host = ph::text::toLower(host);
  if (out.host.back() == '.') out.host.pop_back();
  if (out.host.empty()) return std::nullopt;
  return out;
}

std::optional<std::string> decodePath(std::string_view raw) {
  if (raw.empty() || raw.front() != '/') return std::nullopt;
  std::string text;
  text.reserve(raw.size());
  for (size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '%') {
      if (i + 2 >= raw.size()) return std::nullopt;
      const int high = hexValue(raw[i + 1]), low = hexValue(raw[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
      // Another decoder would find other segments in it.
      if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    } else if (!mayStand(c, "/")) {
      return std::nullopt;
    }
    text.push_back(c);
  }
  if (!ph::text::isUtf8(text)) return std::nullopt;

  // RFC 3986 5.2.4. To leave the root is refused, not mended.
  std::vector<std::string_view> segments;
  const std::string_view all = text;
  bool folder = false;  // ends with a slash
  for (size_t at = 1;;) {
    const size_t slash = all.find('/', at);
    const std::string_view segment = all.substr(at, slash == std::string_view::npos ? slash : slash - at);
    const bool last = slash == std::string_view::npos;
    folder = false;
    if (segment == "." || segment == "..") {
      if (segment == "..") {
        if (segments.empty()) return std::nullopt;
        segments.pop_back();
      }
      folder = last;
    } else {
      segments.push_back(segment);
    }
    if (last) break;
    at = slash + 1;
  }
  std::string out;
  for (const auto& s : segments) out.append("/").append(s);
  if (out.empty() || folder) out.append("/");
  return out;
}

std::optional<Target> parseTarget(std::string_view method, std::string_view text) {
  Target out;
  if (method == "CONNECT") {  // RFC 9112 3.2.3
    out.form = Target::Form::Authority;
    out.authority = parseAuthority(text);
    if (!out.authority || out.authority->port == 0) return std::nullopt;
    return out;
  }
  if (text == "*") {  // RFC 9112 3.2.4
    if (method != "OPTIONS") return std::nullopt;
    out.form = Target::Form::Asterisk;
    return out;
  }
  if (!text.empty() && text.front() == '/') {
    if (!setPathAndQuery(text, &out)) return std::nullopt;
    return out;
  }
  // RFC 9112 3.2.2
  out.form = Target::Form::Absolute;
  const size_t skip = ph::text::startsWithNoCase(text, "http://")    ? 7
                      : ph::text::startsWithNoCase(text, "https://") ? 8
                                                                     : 0;
  if (skip == 0) return std::nullopt;
  text.remove_prefix(skip);
  const size_t end = text.find_first_of("/?");
  out.authority = parseAuthority(text.substr(0, end));
  if (!out.authority) return std::nullopt;
  std::string rest(end == std::string_view::npos ? std::string_view("/") : text.substr(end));
  if (rest.front() == '?') rest.insert(0, "/");
  if (!setPathAndQuery(rest, &out)) return std::nullopt;
  return out;
}

}  // namespace posthouse::http
