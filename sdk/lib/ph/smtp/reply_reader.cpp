// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF (RFC 5321 4.2).
#include "ph/smtp/reply_reader.hpp"

#include "ph/text/ascii.hpp"

namespace ph::smtp {

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    // What continues a character of several octets is no character of its own.
    if ((static_cast<unsigned char>(c) & 0xc0) == 0x80 && !out.empty() && out.back() == '?') continue;
    out += c == '\t' ? ' ' : c < ' ' || c > '~' ? '?' : c;
  }
  return out;
}

std::string_view enhancedCode(int code, std::string_view text) {
  const std::string_view word = text.substr(0, text.find(' '));
  std::size_t at = 0;
  for (int part = 0; part < 3; ++part) {
    if (part > 0 && (at >= word.size() || word[at++] != '.')) return {};
    const std::size_t begin = at;
    while (at < word.size() && text::isDigit(word[at])) ++at;
    if (at == begin || at - begin > (part == 0 ? 1u : 3u)) return {};
  }
  // RFC 2034 4: the class says the same as the reply's first digit.
  if (at != word.size() || word.empty() || word[0] - '0' != code / 100) return {};
  return word;
}

std::string ReceivedReply::text() const {
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    out += std::to_string(code) + (i + 1 < lines.size() ? '-' : ' ') + lines[i];
  }
  return out;
}

ReplyReader::State ReplyReader::bad(std::string problem) {
  problem_ = std::move(problem);
  return State::Bad;
}

ReplyReader::State ReplyReader::take(std::string_view input, std::size_t* consumed) {
  *consumed = 0;
  if (!problem_.empty()) return State::Bad;
  if (done_) {
    reply_ = {};
    size_ = 0;
    done_ = false;
  }
  for (;;) {
    const std::string_view rest = input.substr(*consumed);
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos)
      return rest.size() > kMaxReplyLine ? bad("a reply line is too long") : State::More;
    if (end > kMaxReplyLine) return bad("a reply line is too long");
    size_ += end + 1;
    if (size_ > kMaxReply) return bad("a reply is too long");
    *consumed += end + 1;
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (const State state = takeLine(line); state != State::More) return state;
  }
}

ReplyReader::State ReplyReader::takeLine(std::string_view line) {
  // The last line's blank may be missing when there is no text, RFC 5321 4.2.
  const bool codes = line.size() >= 3 && line[0] >= '2' && line[0] <= '5' && text::isDigit(line[1]) &&
                     text::isDigit(line[2]) && (line.size() == 3 || line[3] == ' ' || line[3] == '-');
  if (!codes) return bad("not an SMTP reply: " + printable(line.substr(0, 100)));
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (reply_.code != 0 && reply_.code != code) return bad("the lines of a reply have different codes");
  reply_.code = code;
  const std::string_view text = line.size() > 4 ? line.substr(4) : std::string_view();
  if (reply_.enhanced.empty()) reply_.enhanced = enhancedCode(code, text);
  reply_.lines.push_back(printable(text));
  if (line.size() > 3 && line[3] == '-') return State::More;
  done_ = true;
  return State::Done;
}

}  // namespace ph::smtp
