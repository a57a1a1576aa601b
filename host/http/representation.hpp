// A whole answer fitted to its request: conditions, ranges, a content coding.
// Guarantees: changes only answers of 200 to GET and HEAD, besides their coding. Threads: pure functions.
// RFC 9110 12.5.3, 13 and 14.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/coding.hpp"
#include "http/parser/head.hpp"
#include "http/response_head.hpp"

namespace posthouse::http {

struct Fitted {
  size_t from = 0;  // the part of the body that is sent
  size_t size = 0;
  std::optional<std::string> body;  // instead of it
};

// `compress`: this answer may be. Its size must not tell a secret: not for who is logged in.
Fitted fit(const RequestHead& request, std::string_view whole, bool compress, Response* response);

// The same for one that is written as it is made, before its head is sent: it may become a 304, and is coded as is
// answered. Ranges are not taken of it.
Coding beginPieces(const RequestHead& request, bool compress, Response* response);

}  // namespace posthouse::http
