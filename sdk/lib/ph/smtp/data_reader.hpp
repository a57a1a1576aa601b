// The octets after DATA: finds the real end, removes dot-stuffing, detects smuggling. RFC 5321 4.1.1.4, 4.5.2, 2.3.8.
//
// Guarantees:
//  - Only CRLF "." CRLF ends the message (the CRLF of the DATA command counts as the first one).
//  - A bare CR, or a lone dot between line ends of which at least one is a bare LF, refuses the message: another server
//    may see its end there. The rest is still consumed up to the real end, so that the stream stays in step.
//  - Another bare LF becomes CRLF and is counted. A dot after a bare LF is content: stuffing belongs to CRLF lines.
//  - Every split of the input gives the same output and the same result.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace ph::smtp {

class DataReader {
 public:
  enum class Refusal { None, BareCr, DotAfterBareLf, DotBeforeBareLf };

  // Gets the message in order, without stuffing, in spans valid during the call only; nothing more after a refusal.
  using Sink = std::function<void(std::string_view)>;

  explicit DataReader(Sink sink) : sink_(std::move(sink)) {}

  // Takes octets; returns how many belong to the message. Fewer than given only if done(): the rest is the next
  // command.
  std::size_t feed(std::string_view bytes);

  bool done() const { return state_ == State::End; }
  Refusal refusal() const { return refusal_; }
  // For the reply and the log; "" when not refused.
  std::string_view refusalText() const;

  std::uint64_t size() const { return size_; }  // octets given to the sink
  std::uint64_t lines() const { return lines_; }
  std::uint64_t bareLfs() const { return bareLfs_; }
  std::uint64_t longestLine() const { return longest_; }  // octets without the line end

 private:
  enum class State { LineStart, Dot, DotCr, Text, TextCr, End };

  void emit(std::string_view span);
  void refuse(Refusal why);
  void endLine(bool bareLf);

  Sink sink_;
  State state_ = State::LineStart;
  Refusal refusal_ = Refusal::None;
  bool afterBareLf_ = false;  // the line before ended so
  std::uint64_t lineLength_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t lines_ = 0;
  std::uint64_t bareLfs_ = 0;
  std::uint64_t longest_ = 0;
};

}  // namespace ph::smtp
