// Reply rendering.
#include "ph/smtp/reply.hpp"

namespace ph::smtp {

namespace {

constexpr std::size_t kMaxLine = 512;  // with the CRLF

// How much of `text` fits in `room` octets: up to a blank if there is one, never inside a UTF-8 character.
std::size_t fit(std::string_view text, std::size_t room) {
  if (text.size() <= room) return text.size();
  const std::size_t blank = text.rfind(' ', room);
  if (blank != std::string_view::npos && blank > room / 2) return blank;
  std::size_t n = room;
  while (n > room - 4 && (static_cast<unsigned char>(text[n]) & 0xc0) == 0x80) --n;
  return n;
}

}  // namespace

Reply::Reply(int code, std::string_view enhanced, std::string_view text) : code_(code), enhanced_(enhanced) {
  addLine(text);
}

Reply& Reply::addLine(std::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  const std::size_t room = kMaxLine - 2 - 4 - (enhanced_.empty() ? 0 : enhanced_.size() + 1);
  std::string_view rest = clean;
  do {
    const std::size_t n = fit(rest, room);
    lines_.emplace_back(rest.substr(0, n));
    rest.remove_prefix(n);
    if (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  } while (!rest.empty());
  return *this;
}

std::string Reply::toWire() const {
  std::string out;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    out += std::to_string(code_);
    out += i + 1 < lines_.size() ? '-' : ' ';
    if (!enhanced_.empty()) out += enhanced_ + ' ';
    out += lines_[i];
    out += "\r\n";
  }
  return out;
}

}  // namespace ph::smtp
