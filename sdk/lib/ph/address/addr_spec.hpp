// One addr-spec, "local-part@domain", as the envelope and the configuration use it.
// Guarantees: parse accepts Mailbox of RFC 5321 plus UTF-8 (RFC 6531), nothing else: no comments, no folding, no
// angle brackets; parse(format(x)) == x. Threads: pure functions.
// RFC 5321 4.1.2, 4.5.3.1, RFC 6531 3.3.
#pragma once

#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::address {

// RFC 5321 4.5.3.1.1 asks for 64 octets and for no limit where that is possible: reverse-paths made by forwarders and
// list servers carry a whole address in their local-part. One limit for envelopes, headers and the configuration.
inline constexpr size_t kMaxLocalpart = 255;

struct AddrSpec {
  std::string localpart;  // unquoted: the meaning, not the spelling
  std::string domain;     // as normaliseDomain gives it, or a canonical address literal
  bool operator==(const AddrSpec&) const = default;
};

// Invalid on a syntax error, an oversize local-part or domain, bad UTF-8 or control characters.
Result<AddrSpec> parseAddrSpec(std::string_view text);

// The local-part at the start of text, unquoted; *used tells how many bytes it took. For path parsers.
Result<std::string> parseLocalpart(std::string_view text, size_t* used);

// Quotes the local-part when it is not a dot-string. unicode: the domain as U-labels.
std::string formatAddrSpec(const AddrSpec& address, bool unicode = false);
std::string formatAddrSpec(std::string_view localpart, std::string_view domain);
std::string formatLocalpart(std::string_view localpart);

// Whether an SMTP transaction with this address needs SMTPUTF8: a local-part with non-ASCII bytes.
bool needsSmtpUtf8(const AddrSpec& address);

}  // namespace ph::address
