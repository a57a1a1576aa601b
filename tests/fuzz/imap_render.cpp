// ENVELOPE, BODYSTRUCTURE and BODY of any message are legal response text (RFC 9051 9), read here by a strict lexer.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ph/imap/bodystructure.hpp"
#include "ph/imap/envelope.hpp"
#include "ph/mime/parse.hpp"
#include "ph/mime/parts_blob.hpp"

namespace {

[[noreturn]] void fail() {
  std::abort();
}

// Reads one parenthesised list of NIL, numbers, strings and lists; anything else ends the program.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  void run() {
    if (text_.find('\0') != std::string_view::npos) fail();
    list();
    if (pos_ != text_.size()) fail();
  }

 private:
  char peek() const { return pos_ < text_.size() ? text_[pos_] : '\0'; }
  void expect(char c) {
    if (peek() != c) fail();
    ++pos_;
  }

  // One blank between members, except between two lists: bodies and addresses stand side by side.
  void list() {
    expect('(');
    bool wasList = false;
    for (bool first = true; peek() != ')'; first = false) {
      if (!first) {
        if (peek() == ' ') {
          ++pos_;
        } else if (!wasList || peek() != '(') {
          fail();
        }
      }
      wasList = peek() == '(';
      value();
    }
    expect(')');
  }

  void value() {
    switch (peek()) {
      case '(':
        list();
        break;
      case '"':
        quoted();
        break;
      case '{':
        literal();
        break;
      case 'N':
        if (text_.substr(pos_, 3) != "NIL") fail();
        pos_ += 3;
        break;
      default:
        (void)number();
    }
  }

  size_t number() {
    const size_t start = pos_;
    size_t n = 0;
    while (peek() >= '0' && peek() <= '9') n = n * 10 + static_cast<size_t>(text_[pos_++] - '0');
    if (pos_ == start || pos_ - start > 15 || (text_[start] == '0' && pos_ - start > 1)) fail();
    return n;
  }

  void quoted() {
    for (++pos_; peek() != '"'; ++pos_) {
      if (peek() == '\\') {
        ++pos_;
        if (peek() != '"' && peek() != '\\') fail();
      }
      if (peek() < ' ' || peek() >= 0x7f) fail();  // a byte above 0x7f is negative here
    }
    ++pos_;
  }

  void literal() {
    ++pos_;
    const size_t n = number();
    expect('}');
    expect('\r');
    expect('\n');
    if (n > text_.size() - pos_) fail();
    pos_ += n;
  }

  std::string_view text_;
  size_t pos_ = 0;
};

void lex(std::string_view text) {
  Lexer(text).run();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ph;
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const mime::Tree tree = mime::parse(message);
  lex(imap::envelope(message));
  const std::string full = imap::bodyStructure(message, tree, true);
  const std::string basic = imap::bodyStructure(message, tree, false);
  lex(full);
  lex(basic);
  // What the store keeps renders the same as what was parsed.
  const auto back = mime::decodeParts(mime::encodeParts(tree));
  if (!back || back->parts != tree.parts) fail();
  if (imap::bodyStructure(message, *back, true) != full) fail();
  return 0;
}
