#include "ph/smtp/dot_stuffer.hpp"

namespace ph::smtp {

void DotStuffer::add(std::string_view bytes, std::string& out) {
  for (const char c : bytes) {
    const bool afterCr = cr_;
    cr_ = c == '\r';
    if (c == '\n' && afterCr) continue;  // the CR brought the whole line end
    if (c == '\r' || c == '\n') {
      out += "\r\n";
      lineStart_ = true;
      continue;
    }
    if (c == '.' && lineStart_) out += '.';
    out += c;
    lineStart_ = false;
  }
}

void DotStuffer::finish(std::string& out) {
  out += lineStart_ ? ".\r\n" : "\r\n.\r\n";
}

}  // namespace ph::smtp
