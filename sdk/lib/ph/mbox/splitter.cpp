#include "ph/mbox/splitter.hpp"

#include <algorithm>
#include <charconv>

#include "ph/header/block.hpp"

namespace ph::mbox {
namespace {

constexpr std::string_view kFrom = "From ";
constexpr std::size_t kKeptOfLong = 64 * 1024;
constexpr std::size_t kCompactFrom = 1 << 20;

bool isEmptyLine(std::string_view line) {
  return line == "\n" || line == "\r\n";
}

// ">From ", ">>From ", ...
bool isQuoted(std::string_view line) {
  const auto text = line.find_first_not_of('>');
  return text != 0 && text != line.npos && line.substr(text).starts_with(kFrom);
}

template <class F>
void eachLine(std::string_view text, F&& f) {
  while (!text.empty()) {
    const auto nl = text.find('\n');
    const auto line = text.substr(0, nl == text.npos ? text.size() : nl + 1);
    f(line);
    text.remove_prefix(line.size());
  }
}

}  // namespace

Status Splitter::feed(std::string_view bytes) {
  buffer_.append(bytes);
  return run(false);
}

Status Splitter::finish() {
  if (auto done = run(true); !done) return done;
  return inside_ ? emit(buffer_.size(), false) : Status();
}

Splitter::Answer Splitter::separator(std::size_t at, bool end) const {
  const std::string_view all(buffer_);
  const auto here = all.substr(at);
  if (!here.starts_with(kFrom))
    return here.size() < kFrom.size() && kFrom.starts_with(here) && !end ? Answer::Later : Answer::No;
  const auto nl = here.find('\n');
  if (nl == here.npos && !end) return here.size() > 4096 ? Answer::No : Answer::Later;
  auto line = here.substr(kFrom.size(), nl == here.npos ? nl : nl - kFrom.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::int64_t time = 0;
  if (fromLineDate(line, &time)) return Answer::Yes;
  if (nl == here.npos) return Answer::No;
  // RFC 5322 2.2: the name of a field is printable ASCII without the colon.
  const auto next = here.substr(nl + 1);
  const auto stop = std::find_if(next.begin(), next.end(), [](char c) { return c <= ' ' || c == ':' || c > '~'; });
  if (stop == next.end()) return next.size() > 1000 || end ? Answer::No : Answer::Later;
  return *stop == ':' && stop != next.begin() ? Answer::Yes : Answer::No;
}

// The message is over where Content-Length says: an empty line may follow, then another one or the end.
Splitter::Answer Splitter::lengthHolds(bool end, std::size_t* next) {
  if (lengthEnd_ > buffer_.size()) return end ? Answer::No : Answer::Later;
  std::string_view rest = std::string_view(buffer_).substr(lengthEnd_);
  if (rest.size() < 2 && !end) return Answer::Later;
  if (rest.starts_with("\r\n")) {
    rest.remove_prefix(2);
  } else if (rest.starts_with("\n")) {
    rest.remove_prefix(1);
  }
  *next = buffer_.size() - rest.size();
  if (rest.empty()) return end ? Answer::Yes : Answer::Later;
  return separator(*next, end);
}

Status Splitter::run(bool end) {
  while (at_ < buffer_.size()) {
    if (lengthEnd_ != kNone) {
      std::size_t next = 0;
      const auto answer = lengthHolds(end, &next);
      if (answer == Answer::Later) break;
      if (answer == Answer::Yes) {
        if (auto done = emit(lengthEnd_, true); !done) return done;
        at_ = seek_ = next;
        mayBegin_ = true;
        continue;
      }
      trusts_ = false;
      lengthEnd_ = kNone;
    }
    const auto nl = buffer_.find('\n', std::max(at_, seek_));
    if (nl == std::string::npos && !end) {
      seek_ = buffer_.size();
      break;
    }
    const std::size_t lineEnd = nl == std::string::npos ? buffer_.size() : nl + 1;
    const auto line = std::string_view(buffer_).substr(at_, lineEnd - at_);
    const auto answer = mayBegin_ ? separator(at_, end) : Answer::No;
    if (answer == Answer::Later) break;
    if (answer == Answer::Yes) {
      if (inside_)
        if (auto done = emit(at_, false); !done) return done;
      message_ = {};
      message_.offset = base_ + at_;
      message_.fromLine = line.substr(kFrom.size());
      while (!message_.fromLine.empty() && (message_.fromLine.back() == '\n' || message_.fromLine.back() == '\r'))
        message_.fromLine.pop_back();
      inside_ = inHeader_ = true;
      start_ = body_ = lineEnd;
      mayBegin_ = false;
    } else {
      if (!inside_) skipped_ += line.size();
      mayBegin_ = isEmptyLine(line);
      if (inside_ && inHeader_ && mayBegin_) endHeader(lineEnd);
    }
    at_ = seek_ = lineEnd;
    shorten();
  }
  shorten();
  return {};
}

void Splitter::endHeader(std::size_t bodyStart) {
  inHeader_ = false;
  body_ = bodyStart;
  if (!trusts_ || message_.tooLong) return;
  const header::Block block(std::string_view(buffer_).substr(start_, bodyStart - start_));
  const auto value = block.value("Content-Length");
  std::uint64_t length = 0;
  const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (value.empty() || error != std::errc() || stop != value.data() + value.size()) return;
  if (length <= maxMessage_) lengthEnd_ = bodyStart + static_cast<std::size_t>(length);
}

// Lets go of what is done with, and of the rest of a message that is too long.
void Splitter::shorten() {
  if (inside_ && lengthEnd_ == kNone && buffer_.size() - start_ > maxMessage_ &&
      (at_ - start_ > maxMessage_ || seek_ == buffer_.size())) {
    if (!message_.tooLong) message_.bytes = buffer_.substr(start_, kKeptOfLong);
    message_.tooLong = true;
    inHeader_ = false;
    if (at_ - start_ <= maxMessage_) {  // one line, whose end is not in sight
      at_ = seek_ = buffer_.size();
      mayBegin_ = false;
    }
    start_ = body_ = at_;
  }
  const std::size_t done = inside_ ? start_ : at_;
  if (done < kCompactFrom && done < buffer_.size()) return;
  buffer_.erase(0, done);
  base_ += done;
  for (auto* place : {&at_, &seek_, &start_, &body_}) *place = *place > done ? *place - done : 0;
  if (lengthEnd_ != kNone) lengthEnd_ -= done;
}

Status Splitter::emit(std::size_t until, bool exact) {
  inside_ = false;
  lengthEnd_ = kNone;
  if (message_.tooLong) return take_(std::move(message_));
  auto raw = std::string_view(buffer_).substr(start_, until - start_);
  if (!exact) {  // the empty line belongs to what follows
    if (raw.ends_with("\n\r\n")) {
      raw.remove_suffix(2);
    } else if (raw.ends_with("\n\n")) {
      raw.remove_suffix(1);
    }
  }
  const std::size_t header = std::min(inHeader_ ? raw.size() : body_ - start_, raw.size());
  message_.bytes.assign(raw.substr(0, header));
  const auto body = raw.substr(header);
  bool plain = false;
  if (exact) eachLine(body, [&](std::string_view line) { plain = plain || line.starts_with(kFrom); });
  if (plain) {
    message_.bytes.append(body);
  } else {
    message_.bytes.reserve(raw.size());
    eachLine(body, [&](std::string_view line) { message_.bytes.append(isQuoted(line) ? line.substr(1) : line); });
  }
  return take_(std::move(message_));
}

}  // namespace ph::mbox
