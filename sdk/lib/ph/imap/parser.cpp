// The token reader of IMAP commands.
#include "ph/imap/parser.hpp"

#include "ph/imap/lexer.hpp"
#include "ph/imap/utf7.hpp"
#include "ph/text/ascii.hpp"
#include "ph/text/utf8.hpp"

namespace ph::imap {

Status Parser::status() const {
  if (!error_) return {};
  return Error{Kind::Invalid, *error_ + " at octet " + std::to_string(errorPosition_)};
}

void Parser::fail(std::string why) {
  if (error_) return;
  error_ = std::move(why);
  errorPosition_ = pos_;
}

char Parser::peek(std::size_t ahead) const {
  return !error_ && text_.size() - pos_ > ahead ? text_[pos_ + ahead] : '\0';
}

void Parser::end() {
  if (ok() && !isAtEnd()) fail("unexpected text");
}

bool Parser::accept(char c) {
  if (error_ || isAtEnd() || text_[pos_] != c) return false;
  ++pos_;
  return true;
}

bool Parser::acceptPrefix(std::string_view prefix) {
  if (error_ || !text::startsWithNoCase(text_.substr(pos_), prefix)) return false;
  pos_ += prefix.size();
  return true;
}

bool Parser::acceptWord(std::string_view word) {
  if (isAstringChar(peek(word.size()))) return false;
  return acceptPrefix(word);
}

void Parser::expect(char c) {
  if (!accept(c)) fail(c == ' ' ? std::string("space expected") : std::string("'") + c + "' expected");
}

void Parser::expectWord(std::string_view word) {
  if (!acceptWord(word)) fail(std::string(word) + " expected");
}

std::string Parser::take(bool (*allowed)(char), const char* what) {
  if (error_) return {};
  const std::size_t start = pos_;
  while (!isAtEnd() && allowed(text_[pos_])) ++pos_;
  if (pos_ == start) fail(std::string(what) + " expected");
  return std::string(text_.substr(start, pos_ - start));
}

std::string Parser::tag() {
  return take([](char c) { return isTagChar(c); }, "tag");
}

std::string Parser::atom() {
  return take([](char c) { return isAtomChar(c); }, "atom");
}

std::string Parser::word() {
  return text::toUpper(atom());
}

std::string Parser::quoted() {
  expect('"');
  std::string out;
  while (ok()) {
    if (isAtEnd()) {
      fail("quoted string does not end");
      break;
    }
    const char c = text_[pos_];
    if (c == '"') {
      ++pos_;
      return out;
    }
    if (c == '\\') {
      const char escaped = peek(1);
      if (escaped != '"' && escaped != '\\') {
        fail("invalid escape in quoted string");
        break;
      }
      out += escaped;
      pos_ += 2;
      continue;
    }
    if (c == '\r' || c == '\n' || c == '\0') {
      fail("invalid character in quoted string");
      break;
    }
    if (!text::isUtf8Byte(c)) {
      out += c;
      ++pos_;
      continue;
    }
    const std::size_t start = pos_;
    std::size_t next = pos_;
    char32_t point = 0;
    if (!options_.utf8) {
      fail("8-bit character in quoted string");
    } else if (!text::nextCodePoint(text_, next, point)) {
      fail("invalid UTF-8 in quoted string");
    } else {
      pos_ = next;
      out += text_.substr(start, next - start);
    }
  }
  return {};
}

std::string Parser::literalText() {
  const std::size_t lineEnd = text_.find("\r\n", pos_);
  const auto line = text_.substr(pos_, lineEnd == std::string_view::npos ? lineEnd : lineEnd - pos_);
  const auto head = literalAtEnd(line);
  if (lineEnd == std::string_view::npos || !head || head->width != line.size()) {
    fail("invalid literal");
    return {};
  }
  const std::size_t start = lineEnd + 2;
  if (head->size > text_.size() - start) {
    fail("literal is incomplete");
    return {};
  }
  pos_ = start + static_cast<std::size_t>(head->size);
  return std::string(text_.substr(start, static_cast<std::size_t>(head->size)));
}

LiteralHead Parser::streamedLiteral() {
  if (error_) return {};
  const std::string_view rest = text_.substr(pos_);
  if (rest.size() > 2 && rest.substr(rest.size() - 2) == "\r\n") {
    const auto head = literalAtEnd(rest.substr(0, rest.size() - 2));
    if (head && head->width + 2 == rest.size()) {
      pos_ = text_.size();
      return *head;
    }
  }
  fail("literal expected");
  return {};
}

std::string Parser::string() {
  if (peek() == '"') return quoted();
  if (peek() == '{') return literalText();
  fail("string expected");
  return {};
}

std::string Parser::astring() {
  if (peek() == '"' || peek() == '{') return string();
  return take([](char c) { return isAstringChar(c); }, "string");
}

std::optional<std::string> Parser::nstring() {
  if (acceptWord("NIL")) return std::nullopt;
  return string();
}

std::optional<std::string> Parser::nstringOrLiteral8() {
  if (peek() == '~' && peek(1) == '{') return literalText();
  return nstring();
}

std::string Parser::decodeName(std::string name) {
  if (options_.utf8) {
    if (!text::isUtf8(name)) fail("mailbox name is not UTF-8");
    return name;
  }
  if (!ok()) return {};
  auto decoded = decodeUtf7(name);
  if (!decoded) fail("mailbox name: " + decoded.error().text);
  return std::move(decoded).valueOr({});
}

std::string Parser::mailbox() {
  return decodeName(astring());
}

std::string Parser::listMailbox() {
  if (peek() == '"' || peek() == '{') return decodeName(string());
  return decodeName(take([](char c) { return isListChar(c); }, "mailbox pattern"));
}

std::uint64_t Parser::digits(std::uint64_t most) {
  if (!text::isDigit(peek())) fail("number expected");
  std::uint64_t value = 0;
  while (text::isDigit(peek())) {
    const auto digit = static_cast<std::uint64_t>(peek() - '0');
    if (value > (most - digit) / 10) {
      fail("number is too large");
      return 0;
    }
    value = value * 10 + digit;
    ++pos_;
  }
  return value;
}

std::uint32_t Parser::number() {
  return static_cast<std::uint32_t>(digits(UINT32_MAX));
}

std::uint32_t Parser::nzNumber() {
  if (peek() == '0') fail("number must not start with zero");
  return number();
}

std::uint64_t Parser::number64() {
  return digits(INT64_MAX);
}

SequenceSet Parser::sequenceSet() {
  const auto text =
      take([](char c) { return text::isDigit(c) || c == '*' || c == ':' || c == ',' || c == '$'; }, "sequence set");
  if (!ok()) return {};
  auto set = SequenceSet::parse(text);
  if (!set) fail(set.error().text);
  return std::move(set).valueOr({});
}

std::string Parser::flag() {
  if (!accept('\\')) return atom();
  std::string out = "\\" + atom();
  if (text::equalsNoCase(out, "\\Recent")) fail("\\Recent cannot be set");
  return out;
}

std::vector<std::string> Parser::flagList() {
  std::vector<std::string> out;
  expect('(');
  if (accept(')')) return out;
  do {
    out.push_back(flag());
  } while (accept(' '));
  expect(')');
  return out;
}

date::Day Parser::date() {
  const auto text = peek() == '"' ? quoted() : atom();
  if (!ok()) return {};
  const auto day = date::parseImapDate(text);
  if (!day) fail("invalid date");
  return day.valueOr({});
}

date::DateTime Parser::dateTime() {
  const auto text = quoted();
  if (!ok()) return {};
  const auto when = date::parseImapDateTime(text);
  if (!when) fail("invalid date and time");
  return when.valueOr({});
}

}  // namespace ph::imap
