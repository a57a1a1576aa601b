// Content-* fields. Lenient where senders are sloppy: "text" alone, stray semicolons, comments.
#include "ph/mime/part_header.hpp"

#include "ph/header/block.hpp"
#include "ph/text/ascii.hpp"

namespace ph::mime {
namespace {

bool isToken(char c) {  // RFC 2045 5.1
  return c > ' ' && c < 0x7f && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

// Skips blanks, line breaks and comments.
void skipCfws(std::string_view& s) {
  size_t depth = 0;
  while (!s.empty()) {
    const char c = s.front();
    if (c == '\\' && depth > 0 && s.size() > 1) {
      s.remove_prefix(1);
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (depth == 0 && !text::isSpace(c)) {
      return;
    }
    s.remove_prefix(1);
  }
}

std::string token(std::string_view& s) {
  skipCfws(s);
  size_t n = 0;
  while (n < s.size() && isToken(s[n])) ++n;
  std::string out = text::toLower(s.substr(0, n));
  s.remove_prefix(n);
  skipCfws(s);
  return out;
}

void readContentType(std::string_view value, Part& part) {
  const std::string type = token(value);
  std::string subtype;
  if (!value.empty() && value.front() == '/') {
    value.remove_prefix(1);
    subtype = token(value);
  }
  if (!type.empty() && !subtype.empty()) {
    part.type = type;
    part.subtype = subtype;
  } else if (type == "text" || type.empty()) {  // RFC 2045 5.2: unreadable is text/plain
    part.type = "text";
    part.subtype = "plain";
  } else {
    part.type = "application";
    part.subtype = "octet-stream";
  }
  const size_t semicolon = value.find(';');
  if (semicolon != std::string_view::npos) parseParameters(value.substr(semicolon), part.parameters);
}

void readEncoding(std::string_view value, Part& part) {
  std::string name = token(value);
  if (name.empty() || name == "7bit" || name == "7-bit") return;
  if (name == "8bit" || name == "8-bit") {
    part.encoding = Encoding::EightBit;
  } else if (name == "binary") {
    part.encoding = Encoding::Binary;
  } else if (name == "base64") {
    part.encoding = Encoding::Base64;
  } else if (name == "quoted-printable") {
    part.encoding = Encoding::QuotedPrintable;
  } else {
    part.encoding = Encoding::Unknown;
    part.encodingName = std::move(name);
  }
}

void readLanguages(std::string_view value, Part& part) {  // RFC 3282 2
  while (!value.empty() && part.languages.size() < 100) {
    if (std::string language = token(value); !language.empty()) part.languages.push_back(std::move(language));
    const size_t comma = value.find(',');
    if (comma == std::string_view::npos) return;
    value.remove_prefix(comma + 1);
  }
}

}  // namespace

size_t readPartHeader(std::string_view headerText, Part& part) {
  const header::Block block(headerText);
  unsigned seen = 0;
  const auto once = [&](unsigned bit) { return seen & bit ? false : (seen |= bit, true); };
  for (const header::Field& field : block.fields()) {
    if (field.name.size() < 10 || !text::startsWithNoCase(field.name, "content-")) continue;
    const std::string_view name = field.name.substr(8);
    if (text::equalsNoCase(name, "type")) {
      if (once(1)) readContentType(field.value, part);
    } else if (text::equalsNoCase(name, "transfer-encoding")) {
      if (once(2)) readEncoding(field.value, part);
    } else if (text::equalsNoCase(name, "disposition")) {
      if (!once(4)) continue;
      std::string_view value = field.value;
      part.disposition = token(value);
      const size_t semicolon = value.find(';');
      if (semicolon == std::string_view::npos) continue;
      if (part.disposition.empty()) part.disposition = "attachment";  // RFC 2183 2.8: unknown is attachment
      parseParameters(value.substr(semicolon), part.dispositionParameters);
    } else if (text::equalsNoCase(name, "id")) {
      if (once(8)) part.id = header::unfold(field.value);
    } else if (text::equalsNoCase(name, "description")) {
      if (once(16)) part.description = header::unfold(field.value);
    } else if (text::equalsNoCase(name, "language")) {
      if (once(32)) readLanguages(field.value, part);
    } else if (text::equalsNoCase(name, "location")) {
      if (once(64)) part.location = header::unfold(field.value);
    } else if (text::equalsNoCase(name, "md5")) {
      if (once(128)) part.md5 = header::unfold(field.value);
    }
  }
  return block.junkLines();
}

}  // namespace ph::mime
