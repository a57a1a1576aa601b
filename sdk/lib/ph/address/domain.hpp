// Domain names of mail: one canonical form for comparison and DNS, one for people, and address literals.
// Guarantees: a returned name is lower-case LDH A-labels (an underscore is allowed only where asked), no label is
// empty or above 63 bytes, the whole is at most 253. A final dot is refused. Threads: pure functions.
// RFC 5890 2.3.2, RFC 5891 5, RFC 1123 2.1, RFC 5321 4.1.2, 4.1.3.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "ph/result.hpp"

namespace ph::address {

// The lower-case A-label form of a host or mail domain ("Bücher.example" -> "xn--bcher-kva.example").
// Invalid on anything that is not one; address literals are refused.
Result<std::string> normaliseDomain(std::string_view domain);

// As normaliseDomain, but labels may contain underscores (_dmarc, _domainkey selectors).
Result<std::string> normaliseDnsName(std::string_view name);

// The U-label form in NFC for display; a name that cannot be converted comes back lower-cased.
std::string unicodeDomain(std::string_view domain);

// An address literal of RFC 5321 4.1.3, "[192.0.2.1]" or "[IPv6:2001:db8::1]".
struct AddressLiteral {
  bool ipv6 = false;
  std::array<uint8_t, 16> bytes{};  // the first 4 when not ipv6
};

bool isAddressLiteral(std::string_view domain);  // has the brackets; says nothing about the content
Result<AddressLiteral> parseAddressLiteral(std::string_view text);
std::string formatAddressLiteral(const AddressLiteral& literal);  // canonical (RFC 5952), with brackets

}  // namespace ph::address
