// An SMTP reply, one line or more, as it goes on the wire.
// Guarantees: no text can start a line of its own (CR, LF and other controls become blanks); no line is longer than
// 512 octets, long text is continued on further lines; an enhanced code stands on every line.
// Threads: a plain value. RFC 5321 4.2, 4.5.3.1.5, RFC 2034 4.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ph::smtp {

class Reply {
 public:
  // `enhanced` is like "5.1.1", or "" for replies that have none (greeting, EHLO, 354).
  Reply(int code, std::string_view enhanced, std::string_view text);

  Reply& addLine(std::string_view text);

  int code() const { return code_; }
  std::string toWire() const;

 private:
  int code_;
  std::string enhanced_;
  std::vector<std::string> lines_;
};

}  // namespace ph::smtp
