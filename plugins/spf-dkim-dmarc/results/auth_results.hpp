// The entries of Authentication-Results: one function for each method, and how values are written.
// Guarantees: an entry is one line of printable ASCII or UTF-8 without anything that ends it (CR, LF, NUL, an unquoted
// semicolon). Threads: pure functions. RFC 8601 2.2, 2.3, 2.7.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dmarc/override.hpp"
#include "dmarc/record.hpp"
#include "dns/ip.hpp"
#include "dnsbl/lists.hpp"
#include "iprev/iprev.hpp"
#include "spf/check.hpp"
#include "spf/identity.hpp"

namespace ph_mailauth {

// A value as a token where it can be one, else as a quoted-string (RFC 2045 5.1). Control characters are left out.
std::string authValue(std::string_view text);
// A pvalue: dots, @ and colons of domains and addresses need no quotes here (RFC 8601 2.2).
std::string propertyValue(std::string_view text);
std::string quotedString(std::string_view text);
// Text as a comment, with its parentheses.
std::string authComment(std::string_view text);

// "iprev=pass policy.iprev=192.0.2.1 (mail.example.org)", RFC 8601 2.7.3.
std::string iprevEntry(const Iprev& result, const Ip& ip);

// "spf=pass smtp.mailfrom=ann@example.org" or "spf=pass smtp.helo=mail.example.org", RFC 8601 2.7.2.
std::string spfEntry(const SpfResult& result, const SpfIdentity& identity);
// "dnswl=pass dns.zone=list.example policy.ip=127.0.10.1", RFC 8904 2.
std::string dnswlEntry(const Listing& listing);

// "dmarc=fail (p=reject) header.from=example.org", RFC 7489 11.1. `asked`: what the domain wants done with this
// message.
std::string dmarcEntry(std::string_view status, std::string_view domain, DmarcPolicy asked,
                       const std::optional<DmarcOverride>& override);

}  // namespace ph_mailauth
