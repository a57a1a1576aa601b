#include "dkim/body_canon.hpp"

#include <algorithm>
#include <cstring>

#include "ph/text/ascii.hpp"

namespace ph_mailauth::dkim {
namespace {

// 0x80 in each octet of `word` that is `c`, and maybe in octets above such a one.
uint64_t octetsThatAre(char c, uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  const uint64_t x = word ^ (kOnes * static_cast<unsigned char>(c));
  return (x - kOnes) & ~x & (kOnes << 7);
}

uint64_t load(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// How much of a line relaxed canonicalisation leaves as it is: up to a tab, or a blank that is not alone or comes last.
size_t plainPrefix(std::string_view line) {
  size_t at = 0;
  // Eight octets at once, as most lines have nothing of that kind.
  for (; at + 9 <= line.size(); at += 8) {
    const uint64_t word = load(line.data() + at);
    const uint64_t next = load(line.data() + at + 1);
    // A blank that ends these eight may have a tab behind it.
    if (octetsThatAre('\t', word) | octetsThatAre('\t', next) | (octetsThatAre(' ', word) & octetsThatAre(' ', next)))
      break;
  }
  for (; at < line.size(); ++at) {
    if (!ph::text::isBlank(line[at])) continue;
    if (line[at] == '\t' || at + 1 == line.size() || ph::text::isBlank(line[at + 1])) break;
  }
  return at;
}

}  // namespace

void BodyCanon::add(std::string_view piece) {
  while (!piece.empty()) {
    if (cr_) {
      cr_ = false;
      if (piece.front() == '\n') {
        piece.remove_prefix(1);
        continue;
      }
    }
    const auto* lf = static_cast<const char*>(std::memchr(piece.data(), '\n', piece.size()));
    std::string_view line = piece.substr(0, lf ? static_cast<size_t>(lf - piece.data()) : piece.size());
    if (const auto* cr = static_cast<const char*>(std::memchr(line.data(), '\r', line.size()))) {
      line = line.substr(0, static_cast<size_t>(cr - line.data()));
      text(line);
      lineEnd();
      cr_ = true;
      piece.remove_prefix(line.size() + 1);
      continue;
    }
    text(line);
    piece.remove_prefix(line.size());
    if (lf) {
      lineEnd();
      piece.remove_prefix(1);
    }
  }
}

void BodyCanon::finish() {
  // A last line without its end gets one. RFC 6376 3.4.3: an empty body is one CRLF, 3.4.4: and nothing when relaxed.
  if (any_ || canon_ == Canon::Simple) put("\r\n");
  drain();
}

void BodyCanon::text(std::string_view span) {
  if (span.empty()) return;
  if (canon_ == Canon::Simple) {
    flushPending();
    put(span);
    any_ = true;
    return;
  }
  while (!span.empty()) {
    while (blank_ && !span.empty() && ph::text::isBlank(span.front())) span.remove_prefix(1);
    if (const size_t plain = plainPrefix(span); plain > 0) {
      flushPending();
      put(span.substr(0, plain));
      any_ = true;
      span.remove_prefix(plain);
      continue;
    }
    blank_ = true;  // and those that follow with it
  }
}

void BodyCanon::lineEnd() {
  ++lineEnds_;
  blank_ = false;
}

void BodyCanon::flushPending() {
  for (; lineEnds_ > 0; --lineEnds_) put("\r\n");
  if (blank_) put(" ");
  blank_ = false;
}

void BodyCanon::put(std::string_view bytes) {
  if (bytes.size() > buffer_.size() - used_) {
    drain();
    if (bytes.size() > buffer_.size()) return sink_(bytes);
  }
  std::memcpy(buffer_.data() + used_, bytes.data(), bytes.size());
  used_ += bytes.size();
}

void BodyCanon::drain() {
  if (used_ > 0) sink_({buffer_.data(), used_});
  used_ = 0;
}

}  // namespace ph_mailauth::dkim
