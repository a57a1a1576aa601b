// The announcement of a literal: {n} {n+} ~{n} ~{n+}. RFC 9051 4.3, 9 (literal, literal8), RFC 7888.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ph::imap {

struct LiteralHead {
  std::uint64_t size = 0;
  bool synchronizing = true;  // the client waits for a continuation request
  bool binary = false;        // literal8: may hold NUL
  std::size_t width = 0;      // octets of the announcement, with "~" and braces
};

// The announcement that ends `line` (without CRLF), if one does.
std::optional<LiteralHead> literalAtEnd(std::string_view line);

}  // namespace ph::imap
