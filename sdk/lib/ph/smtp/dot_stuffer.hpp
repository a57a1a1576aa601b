// A message on its way out with DATA: dots doubled, every line ended with CRLF, and the final dot.
// Guarantees: the output has no bare CR and no bare LF, and CRLF.CRLF only at its end, whatever the input and however
// it is cut. Threads: one stuffer belongs to one message. RFC 5321 4.5.2, 2.3.8.
#pragma once

#include <string>
#include <string_view>

namespace ph::smtp {

class DotStuffer {
 public:
  void add(std::string_view bytes, std::string& out);
  // What ends the message: its last line's end if that is missing, and the dot.
  void finish(std::string& out);

 private:
  bool lineStart_ = true;
  bool cr_ = false;  // the last octet was a CR
};

}  // namespace ph::smtp
