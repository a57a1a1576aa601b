// Folding happens at blanks before the 77th byte of a line; quoted strings may fold too, their blank stays.
#include "ph/header/writer.hpp"

#include "ph/charset/convert.hpp"
#include "ph/charset/words.hpp"
#include "ph/text/ascii.hpp"

namespace ph::header {
namespace {

constexpr size_t kLine = 76;  // RFC 5322 2.1.1 wants 78, RFC 2047 2 wants 76 where encoded words are

bool isSafe(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos;
}

}  // namespace

bool isFieldName(std::string_view name) {
  if (name.empty() || name.size() > 100) return false;
  for (const char c : name) {
    if (c <= ' ' || c >= 0x7f || c == ':') return false;  // RFC 5322 3.6.8 ftext
  }
  return true;
}

Status HeaderWriter::add(std::string_view name, std::string_view value) {
  if (!isFieldName(name)) return Error{Kind::Invalid, "bad field name"};
  if (!isSafe(value)) return Error{Kind::Invalid, "line break or NUL in a field value"};
  if (!utf8_ && !text::isAscii(value)) return Error{Kind::Invalid, "field value is not ASCII"};
  if (!charset::isValidUtf8(value)) return Error{Kind::Invalid, "field value is not UTF-8"};
  fold(name, value);
  return {};
}

Status HeaderWriter::addText(std::string_view name, std::string_view utf8Text) {
  if (!isSafe(utf8Text)) return Error{Kind::Invalid, "line break or NUL in a field value"};
  if (utf8_ && charset::isValidUtf8(utf8Text)) return add(name, utf8Text);
  return add(name, charset::encodeWords(utf8Text));
}

Status HeaderWriter::addAddresses(std::string_view name, const std::vector<address::Mailbox>& mailboxes) {
  std::string value;
  for (const address::Mailbox& mailbox : mailboxes) {
    if (!isSafe(mailbox.name) || !isSafe(mailbox.localpart) || !isSafe(mailbox.domain)) {
      return Error{Kind::Invalid, "line break or NUL in an address"};
    }
    if (!value.empty()) value += ", ";
    value += address::formatMailbox(mailbox);
  }
  return add(name, value);
}

void HeaderWriter::fold(std::string_view name, std::string_view value) {
  out_.append(name).append(":");
  size_t column = name.size() + 1;
  bool content = false;  // the line holds more than blanks: an all-blank line must not arise
  value = text::trim(value);
  while (!value.empty()) {
    size_t blanks = 0;
    while (blanks < value.size() && text::isBlank(value[blanks])) ++blanks;
    size_t end = blanks;
    while (end < value.size() && !text::isBlank(value[end])) ++end;
    const bool first = column == name.size() + 1 && !content;
    const size_t width = (first ? 1 : 0) + end;
    if (content && column + width > kLine) {
      out_ += "\r\n";
      column = 0;
    }
    if (first) out_ += ' ';
    out_.append(value.substr(0, end));
    column += width;
    content = true;
    value.remove_prefix(end);
  }
  out_ += "\r\n";
}

}  // namespace ph::header
