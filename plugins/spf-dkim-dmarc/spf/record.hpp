// An SPF record as a list of directives and its modifiers.
// Guarantees: a record that parses has no syntax error anywhere (RFC 7208 4.6), so evaluation meets none.
// Threads: plain values. RFC 7208 4.5, 4.6.1, 5, 6.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/ip.hpp"
#include "ph/result.hpp"
#include "spf/macro.hpp"

namespace ph_mailauth {

struct SpfDirective {
  enum class Mechanism { All, Include, A, Mx, Ptr, Ip4, Ip6, Exists };
  char qualifier = '+';
  Mechanism mechanism = Mechanism::All;
  std::optional<MacroString> target;  // domain-spec
  Network network;                    // ip4, ip6
  unsigned prefix4 = 32;              // a, mx
  unsigned prefix6 = 128;
  std::string text;  // as it was written
};

struct SpfRecord {
  std::vector<SpfDirective> directives;
  std::optional<MacroString> redirect;  // never looked at when there is an "all"
  std::optional<MacroString> explanation;

  // Whether a TXT record is an SPF record at all: its version section.
  static bool is(std::string_view text);
  // Invalid with the term that breaks the syntax.
  static ph::Result<SpfRecord> parse(std::string_view text);
};

}  // namespace ph_mailauth
