// The base subject of a message: what is left of Subject without "Re:", "Fwd:", "[list]" and their like.
// Guarantees: linear time for any bytes; the result is valid UTF-8 without line breaks.
// Threads: pure function. RFC 5256 2.1, 5 (subject).
#pragma once

#include <string>
#include <string_view>

namespace ph::header {

struct BaseSubject {
  std::string text;  // as written, encoded words decoded; compare it case-folded
  // Something was removed that replies and forwarded messages have (RFC 5256 3): a "Re:", "(fwd)" or "[fwd: ]".
  bool isReplyOrForward = false;
};

// `value`: of the Subject field, folded or not.
BaseSubject baseSubject(std::string_view value);

}  // namespace ph::header
