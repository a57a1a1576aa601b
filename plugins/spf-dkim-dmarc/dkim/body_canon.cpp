#include "dkim/body_canon.hpp"

#include <algorithm>
#include <cstring>

#include "ph/text/ascii.hpp"

namespace ph_mailauth::dkim {

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
  for (size_t at = 0; at < span.size();) {
    if (ph::text::isBlank(span[at])) {
      blank_ = true;
      ++at;
      continue;
    }
    size_t end = at + 1;
    while (end < span.size() && !ph::text::isBlank(span[end])) ++end;
    flushPending();
    put(span.substr(at, end - at));
    any_ = true;
    at = end;
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
