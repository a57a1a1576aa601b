// What a request asks for: the forms of a request target, its host, and its path decoded and normalised once.
//
// Guarantees: a path begins with "/", is UTF-8 without control bytes, and has no dot segments, no backslash and no
// slash that was encoded: what the router compares is what everybody behind it sees. Anything else is refused.
// Threads: pure functions. RFC 9112 3.2, RFC 9110 4.2, RFC 3986 3.3 and 5.2.4.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace posthouse::http {

struct Authority {
  std::string host;  // in lower case; IPv6 addresses in brackets
  int port = 0;      // 0: not said
};

struct Target {
  enum class Form { Origin, Absolute, Authority, Asterisk };
  Form form = Form::Origin;
  std::string path;                    // empty for authority-form and asterisk-form
  std::string query;                   // as it came, without "?"
  std::optional<Authority> authority;  // of absolute-form and authority-form
};

// Nothing: refused.
std::optional<Target> parseTarget(std::string_view method, std::string_view text);
// The value of a Host field. User information is refused, and so is an empty host.
std::optional<Authority> parseAuthority(std::string_view text);
std::optional<std::string> decodePath(std::string_view raw);

}  // namespace posthouse::http
