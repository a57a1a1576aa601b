// Command assembly: lines and literals in turn.
#include "ph/imap/assembler.hpp"

#include <algorithm>

namespace ph::imap {

std::size_t CommandAssembler::feed(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ == State::Reading) {
    const std::string_view rest = bytes.substr(used);
    used += inLiteral_ ? feedLiteral(rest) : feedLine(rest);
  }
  return used;
}

std::size_t CommandAssembler::feedLine(std::string_view bytes) {
  const bool afterCr = text_.size() > lineStart_ && text_.back() == '\r';
  if (afterCr) {
    if (bytes.front() != '\n') {
      breakOff("bare carriage return in command");
      return 1;
    }
    text_ += '\n';
    ++lineOctets_;
    lineEnded();
    return 1;
  }
  std::size_t n = std::min(bytes.size(), bytes.find_first_of(std::string_view("\r\n\0", 3)));
  const bool stop = n < bytes.size();
  if (stop && bytes[n] != '\r') {
    breakOff(bytes[n] == '\n' ? "line does not end in CRLF" : "NUL in command");
    return n + 1;
  }
  if (stop) ++n;
  if (lineOctets_ + n + 1 > limits_.line) {
    breakOff("command line is too long");
    return n;
  }
  text_.append(bytes.substr(0, n));
  lineOctets_ += n;
  return n;
}

void CommandAssembler::lineEnded() {
  const std::string_view line = std::string_view(text_).substr(lineStart_, text_.size() - lineStart_ - 2);
  const auto head = literalAtEnd(line);
  if (discarding_) {
    text_.clear();
    lineStart_ = lineOctets_ = 0;
    literal_ = head.value_or(LiteralHead{});
    // A synchronizing literal is not sent without our consent: the command ends here like any other.
    if (!head || head->synchronizing) return reset();
    return dropLiteral();
  }
  if (head) {
    literal_ = *head;
    state_ = State::Announced;
    return;
  }
  text_.resize(text_.size() - 2);
  state_ = State::Complete;
}

std::size_t CommandAssembler::feedLiteral(std::string_view bytes) {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_));
  const std::string_view part = bytes.substr(0, n);
  if (!discarding_) {
    if (!literal_.binary && part.find('\0') != std::string_view::npos) {
      breakOff("NUL in literal");
      return n;
    }
    text_.append(part);
  }
  left_ -= n;
  if (left_ == 0) {
    inLiteral_ = false;
    lineStart_ = text_.size();
  }
  return n;
}

Status CommandAssembler::bufferLiteral() {
  if (literal_.size > limits_.literal ||
      literal_.size > limits_.literals - std::min(literalOctets_, limits_.literals)) {
    return Error{Kind::Limit, "literal is too large"};
  }
  if (literalCount_ >= limits_.count) return Error{Kind::Limit, "too many literals"};
  ++literalCount_;
  literalOctets_ += static_cast<std::size_t>(literal_.size);
  left_ = literal_.size;
  inLiteral_ = left_ > 0;
  lineStart_ = text_.size();
  state_ = State::Reading;
  return {};
}

void CommandAssembler::streamLiteral() {
  left_ = literal_.size;
  text_.clear();
  lineStart_ = 0;
  continued_ = true;
  state_ = left_ > 0 ? State::Streaming : State::Reading;
}

void CommandAssembler::streamed(std::uint64_t count) {
  left_ -= std::min(count, left_);
  if (left_ == 0) state_ = State::Reading;
}

void CommandAssembler::refuseLiteral() {
  if (literal_.synchronizing) return reset();
  text_.clear();
  lineStart_ = lineOctets_ = 0;
  discarding_ = true;
  state_ = State::Reading;
  dropLiteral();
}

void CommandAssembler::dropLiteral() {
  if (literal_.size > limits_.discard - dropped_) return breakOff("refused literal is too large");
  dropped_ += literal_.size;
  left_ = literal_.size;
  inLiteral_ = left_ > 0;
}

void CommandAssembler::next() {
  reset();
}

void CommandAssembler::reset() {
  text_.clear();
  if (text_.capacity() > 4096) text_.shrink_to_fit();  // idle sessions keep little
  literal_ = {};
  left_ = dropped_ = 0;
  lineStart_ = lineOctets_ = literalOctets_ = literalCount_ = 0;
  inLiteral_ = discarding_ = continued_ = false;
  state_ = State::Reading;
}

void CommandAssembler::breakOff(std::string why) {
  error_ = std::move(why);
  state_ = State::Broken;
}

}  // namespace ph::imap
