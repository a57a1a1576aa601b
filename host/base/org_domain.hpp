// The organisational domain of a domain: one label below the public suffix ("mail.example.co.uk" -> "example.co.uk").
// Guarantees: a domain that is itself a public suffix, or of none, is its own. The list is the system's (libpsl).
// Threads: pure function; the first call loads the list. RFC 7489 3.2.
#pragma once

#include <string>
#include <string_view>

namespace posthouse {

// `domain` in lower-case A-labels.
std::string organisationalDomain(std::string_view domain);

}  // namespace posthouse
