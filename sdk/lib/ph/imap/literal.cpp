// literal = "{" number64 ["+"] "}" CRLF; literal8 = "~" literal. Read from the end of the line.
#include "ph/imap/literal.hpp"

#include "ph/text/ascii.hpp"

namespace ph::imap {

std::optional<LiteralHead> literalAtEnd(std::string_view line) {
  if (line.empty() || line.back() != '}') return std::nullopt;
  LiteralHead head;
  std::size_t i = line.size() - 1;
  if (i > 0 && line[i - 1] == '+') {
    head.synchronizing = false;
    --i;
  }
  const std::size_t digitsEnd = i;
  while (i > 0 && text::isDigit(line[i - 1])) --i;
  if (i == digitsEnd || i == 0 || line[i - 1] != '{' || digitsEnd - i > 19) return std::nullopt;
  for (std::size_t k = i; k < digitsEnd; ++k) {
    const auto digit = static_cast<std::uint64_t>(line[k] - '0');
    if (head.size > (INT64_MAX - digit) / 10) return std::nullopt;  // number64 is a 63-bit number
    head.size = head.size * 10 + digit;
  }
  --i;
  if (i > 0 && line[i - 1] == '~') {
    head.binary = true;
    --i;
  }
  head.width = line.size() - i;
  return head;
}

}  // namespace ph::imap
