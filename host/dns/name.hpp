// Domain names as text and as octets.
// Guarantees: one name has one text: lower case, without the final dot, the root ".", and what is neither a printable
// character nor plain as \DDD (RFC 1035 5.1), so that no name can be written to look like another. Labels have at most
// 63 octets, names 255 on the wire (RFC 1035 2.3.4). Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace posthouse::dns {

// Nothing: no name. A final dot is none either: callers say where their names end.
std::optional<std::string> wireName(std::string_view text);
// `wire`: labels without compression, to the root. Nothing when it is something else.
std::optional<std::string> textName(std::string_view wire);
// The one form of a name that somebody gave.
std::optional<std::string> normaliseName(std::string_view text);

// Where the PTR records of an IP address are: in-addr.arpa (RFC 1035 3.5) or ip6.arpa (RFC 3596 2.5). Nothing: not an
// address.
std::optional<std::string> reverseName(std::string_view ip);

}  // namespace posthouse::dns
