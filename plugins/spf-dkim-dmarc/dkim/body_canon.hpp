// A message's body in canonical form, as it streams by. RFC 6376 3.4.3, 3.4.4.
// Guarantees: every split of the input gives the same output; a bare CR or LF ends a line as CRLF does (RFC 6376 5.3;
// it becomes CRLF on its way at the latest). Threads: one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

#include "dkim/algorithm.hpp"

namespace ph_mailauth::dkim {

class BodyCanon {
 public:
  // Gets the output in spans valid during the call only.
  using Sink = std::function<void(std::string_view)>;

  BodyCanon(Canon canon, Sink sink) : canon_(canon), sink_(std::move(sink)) {}

  void add(std::string_view piece);
  void finish();

 private:
  void text(std::string_view span);  // has no line end in it
  void lineEnd();
  void flushPending();
  void put(std::string_view bytes);
  void drain();

  const Canon canon_;
  const Sink sink_;
  uint64_t lineEnds_ = 0;  // not yet put: they count only if text follows
  bool blank_ = false;     // likewise: blanks of the line
  bool any_ = false;       // something was put at all
  bool cr_ = false;        // the last octet was a CR, which has ended its line
  size_t used_ = 0;
  std::array<char, 8192> buffer_;
};

}  // namespace ph_mailauth::dkim
