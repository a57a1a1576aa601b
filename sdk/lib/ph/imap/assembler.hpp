// Collects one IMAP command from chunks of input, stopping at each literal so that the caller decides about it.
//
//   while (!in.empty()) { in.remove_prefix(assembler.feed(in)); look at state(); }
//
//   Reading    wants more octets.
//   Announced  a line ended in a literal announcement. text() is the command so far with "{n}" CRLF at its end. Answer
//              with bufferLiteral(), streamLiteral() or refuseLiteral(); send the continuation request, if
//              literal().synchronizing, after one of the first two.
//   Streaming  the next streamLeft() octets are the literal's: the caller takes them itself and reports streamed(n).
//   Complete   text() is the command without its last CRLF, buffered literals in place. Call next() when it is handled.
//   Broken     the octets cannot be trusted to be in step any more: say BYE and close.
//
// After a streamed literal text() starts anew with what follows the literal: the caller has parsed what came before.
// Guarantees: memory stays within the limits whatever comes; a line ends at CRLF only; bare CR, bare LF and NUL break
// the stream, NUL in a buffered literal too unless it is a literal8; nothing is read beyond a decision point.
// Threads: one session. RFC 9051 2.2.1, 4.3, 9, RFC 7888 4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ph/imap/literal.hpp"
#include "ph/result.hpp"

namespace ph::imap {

struct AssemblerLimits {
  std::size_t line = 64 * 1024;         // all of a command but its literals
  std::size_t literal = 100 * 1024;     // one buffered literal
  std::size_t literals = 1024 * 1024;   // the buffered literals of one command
  std::uint64_t discard = 1024 * 1024;  // refused non-synchronizing octets read and dropped per command
  std::size_t count = 1000;             // buffered literals of one command
};

class CommandAssembler {
 public:
  enum class State { Reading, Announced, Streaming, Complete, Broken };

  explicit CommandAssembler(AssemblerLimits limits = {}) : limits_(limits) {}

  // Takes octets up to the next state change and returns how many. Takes none unless Reading.
  std::size_t feed(std::string_view bytes);

  // From the next decision on.
  void setLimits(const AssemblerLimits& limits) { limits_ = limits; }

  State state() const { return state_; }
  std::string_view text() const { return text_; }
  const LiteralHead& literal() const { return literal_; }
  const std::string& error() const { return error_; }  // why Broken

  // Each only when Announced. bufferLiteral fails with Limit, and then changes nothing: stream or refuse it.
  Status bufferLiteral();
  void streamLiteral();
  // The caller has answered the command, or does so now. A synchronizing literal is not going to be sent, so the next
  // octets start a new command; otherwise the rest of this command is dropped as it comes. May turn Broken.
  void refuseLiteral();

  std::uint64_t streamLeft() const { return left_; }
  void streamed(std::uint64_t count);  // count <= streamLeft()

  // Forgets the command; ready for the next one. Only when Complete.
  void next();

  // Octets it keeps.
  std::size_t held() const { return text_.capacity(); }

  // Whether a command has begun.
  bool isEmpty() const {
    return text_.empty() && state_ == State::Reading && !inLiteral_ && !discarding_ && !continued_;
  }

 private:
  std::size_t feedLine(std::string_view bytes);
  std::size_t feedLiteral(std::string_view bytes);
  void lineEnded();
  void dropLiteral();
  void reset();
  void breakOff(std::string why);

  AssemblerLimits limits_;
  State state_ = State::Reading;
  std::string text_;
  std::string error_;
  LiteralHead literal_;
  std::uint64_t left_ = 0;         // octets of the literal still to come
  std::size_t lineStart_ = 0;      // where in text_ the current line starts
  std::size_t lineOctets_ = 0;     // outside literals, of the whole command
  std::size_t literalOctets_ = 0;  // buffered, of the whole command
  std::size_t literalCount_ = 0;
  std::uint64_t dropped_ = 0;
  bool inLiteral_ = false;
  bool discarding_ = false;
  bool continued_ = false;  // a literal of this command was streamed
};

}  // namespace ph::imap
