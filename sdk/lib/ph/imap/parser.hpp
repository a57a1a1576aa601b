// Reads one assembled command token by token.
//
// Errors are sticky: the first one is kept with its position, and from then on every read gives an empty value and
// every accept() is false. So a grammar reads straight through and asks status() once, at the end. Guarantees: never
// reads outside the command; SP means exactly one blank; keywords in any case. Threads: one session. RFC 9051 9, RFC
// 3501 9.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ph/date/date.hpp"
#include "ph/imap/literal.hpp"
#include "ph/imap/sequence_set.hpp"
#include "ph/result.hpp"

namespace ph::imap {

struct ParserOptions {
  bool utf8 = false;  // IMAP4rev2 or UTF8=ACCEPT is enabled: UTF-8 in quoted strings, mailbox names not in UTF-7
};

class Parser {
 public:
  // `command` is what CommandAssembler::text() gives; it must outlive the parser.
  explicit Parser(std::string_view command, ParserOptions options = {}) : text_(command), options_(options) {}

  bool ok() const { return !error_; }
  Status status() const;  // Invalid, "... at octet 12"
  void fail(std::string why);
  std::size_t position() const { return pos_; }

  // The next octet; NUL at the end or after an error.
  char peek(std::size_t ahead = 0) const;
  bool isAtEnd() const { return pos_ == text_.size(); }
  void end();  // nothing may follow

  bool accept(char c);
  // This keyword, not followed by a character that would continue an atom.
  bool acceptWord(std::string_view word);
  // These characters whatever follows, in any case.
  bool acceptPrefix(std::string_view prefix);
  void expect(char c);
  void expectWord(std::string_view word);
  void space() { expect(' '); }

  std::string tag();
  std::string atom();
  std::string word();  // atom in upper case: a command or option name
  std::string quoted();
  std::string string();  // quoted / literal
  std::string astring();
  std::optional<std::string> nstring();
  std::optional<std::string> nstringOrLiteral8();  // may hold NUL
  std::string listMailbox();                       // decoded like mailbox()
  // UTF-8, not yet checked by canonicalMailboxName (that is a NO, not a BAD).
  std::string mailbox();

  std::uint32_t number();
  std::uint32_t nzNumber();
  std::uint64_t number64();
  SequenceSet sequenceSet();

  std::string flag();                   // "\Seen", "keyword"; "\Recent" is refused
  std::vector<std::string> flagList();  // "(" [flag *(SP flag)] ")"
  date::Day date();
  date::DateTime dateTime();

  // A literal announcement that ends the text, whose octets are elsewhere (APPEND). Ends the command.
  LiteralHead streamedLiteral();

 private:
  std::string take(bool (*allowed)(char), const char* what);
  std::string literalText();
  std::string decodeName(std::string name);
  std::uint64_t digits(std::uint64_t most);

  std::string_view text_;
  ParserOptions options_;
  std::size_t pos_ = 0;
  std::optional<std::string> error_;
  std::size_t errorPosition_ = 0;
};

}  // namespace ph::imap
