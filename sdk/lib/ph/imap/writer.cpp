// IMAP response writing.
#include "ph/imap/writer.hpp"

#include <algorithm>
#include <iterator>

#include "ph/imap/lexer.hpp"
#include "ph/imap/utf7.hpp"
#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace ph::imap {

namespace {

constexpr std::size_t kMaxQuotedText = 1000;

bool canQuote(std::string_view text, bool utf8) {
  if (text.size() > kMaxQuotedText) return false;
  bool eightBit = false;
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == '\0') return false;
    eightBit = eightBit || text::isUtf8Byte(c);
  }
  return !eightBit || (utf8 && text::isUtf8(text));
}

}  // namespace

Writer& Writer::raw(std::string_view text) {
  out_ += text;
  return *this;
}

Writer& Writer::number(std::uint64_t n) {
  return raw(std::to_string(n));
}

Writer& Writer::literalHead(std::uint64_t size, bool binary) {
  out_ += binary ? "~{" : "{";
  return number(size).raw("}\r\n");
}

Writer& Writer::string(std::string_view text) {
  if (canQuote(text, utf8_)) {
    out_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out_ += '\\';
      out_ += c;
    }
    out_ += '"';
    return *this;
  }
  const auto nuls = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\0'));
  literalHead(text.size() - nuls);
  std::copy_if(text.begin(), text.end(), std::back_inserter(out_), [](char c) { return c != '\0'; });
  return *this;
}

Writer& Writer::nstring(const std::optional<std::string>& text) {
  return text ? string(*text) : raw("NIL");
}

Writer& Writer::astring(std::string_view text) {
  const bool atom =
      !text.empty() && std::all_of(text.begin(), text.end(), isAstringChar) && !text::equalsNoCase(text, "NIL");
  return atom ? raw(text) : string(text);
}

Writer& Writer::mailbox(std::string_view name) {
  if (utf8_) return astring(name);
  const auto encoded = encodeUtf7(name);
  return encoded ? astring(*encoded) : string(name);
}

Writer& Writer::flagList(const std::vector<std::string>& flags) {
  out_ += '(';
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (i > 0) out_ += ' ';
    out_ += flags[i];
  }
  out_ += ')';
  return *this;
}

Writer& Writer::statusText(std::string_view text) {
  const bool eightBit = utf8_ && text::isUtf8(text);
  for (const char c : text) out_ += isCtl(c) ? ' ' : text::isUtf8Byte(c) && !eightBit ? '?' : c;
  return *this;
}

}  // namespace ph::imap
