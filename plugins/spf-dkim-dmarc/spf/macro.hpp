// Macro-strings of SPF records: parsed once, expanded with the values of one check.
// Guarantees: what parses expands without error; sizes are bounded by the caller's use (a name: 253 octets).
// Threads: pure functions. RFC 7208 7.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/ip.hpp"

namespace ph_mailauth {

struct MacroValues {
  std::string sender;                               // s
  std::string localpart;                            // l
  std::string origin;                               // o: domain of the sender
  std::string domain;                               // d
  Ip ip;                                            // i, c, v
  std::string helo;                                 // h
  std::string receiver;                             // r
  int64_t now = 0;                                  // t
  std::function<std::string()> validatedName = {};  // p
};

class MacroString {
 public:
  enum class Place {
    DomainSpec,   // ends with a top label or a macro, RFC 7208 7.1
    Modifier,     // of an unknown modifier: any macro-string
    Explanation,  // may have blanks, and the letters c, r, t
  };
  // Nothing: a syntax error.
  static std::optional<MacroString> parse(std::string_view text, Place place);

  std::string expand(const MacroValues& values) const;
  // Expanded as a domain name: without a final dot, whole labels cut off on the left beyond 253 octets.
  std::string expandName(const MacroValues& values) const;
  // Whether one of these letters (lower case) occurs.
  bool uses(std::string_view letters) const;

 private:
  struct Part {
    std::string literal;
    char letter = 0;  // lower case; 0: a literal
    bool escaped = false;
    unsigned keep = 0;  // right-hand parts; 0: all
    bool reverse = false;
    std::string delimiters;
  };
  static bool parseMacro(std::string_view text, size_t& at, Place place, Part& out);
  std::vector<Part> parts_;
};

}  // namespace ph_mailauth
