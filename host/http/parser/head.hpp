// The head of a request: request line, fields, and what they say about host, body and connection.
//
// Guarantees: what two parsers could read in two ways is refused, never mended: bare LF or CR, folded lines, blanks
// before a colon, two lengths, a length beside a transfer coding, a transfer coding other than chunked, two hosts.
// Threads: pure functions. RFC 9112 2 to 6, RFC 9110 7.2 and 10.1.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/parser/fields.hpp"
#include "http/parser/target.hpp"

namespace posthouse::http {

inline constexpr size_t kMaxRequestLine = 8 * 1024;
inline constexpr size_t kMaxFieldLine = 8 * 1024;
inline constexpr size_t kMaxFields = 100;
inline constexpr size_t kMaxHead = 32 * 1024;

struct RequestHead {
  std::string method;
  Target target;
  int minor = 1;   // HTTP/1.minor
  Authority host;  // of the target or the Host field; empty: HTTP/1.0 without
  Fields fields;
  bool chunked = false;
  uint64_t length = 0;  // of the body, when it is not chunked
  bool keepAlive = true;
  bool expects = false;  // 100-continue

  bool hasBody() const { return chunked || length > 0; }
};

struct HeadResult {
  enum class State { More, Done, Refused };
  State state = State::More;
  size_t size = 0;         // bytes of the head with its blank line, when done
  int status = 400;        // of the answer, when refused
  std::string_view why{};  // static text
};

// Reads a head from the beginning of `input`. `*scanned`: 0 at first; then what earlier calls on the same, shorter
// input have left there.
HeadResult parseHead(std::string_view input, size_t* scanned, RequestHead* out);

}  // namespace posthouse::http
