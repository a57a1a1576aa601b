// The DKIM-Signature field: what its tags say. RFC 6376 3.5, RFC 8616 5.
// Guarantees: a Signature keeps the rules of a single field (required tags, i= at or below d=, x= after t=); what needs
// the message, the key or the time is for verify.hpp. Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dkim/algorithm.hpp"
#include "dkim/tag_list.hpp"
#include "ph/result.hpp"

namespace ph_mailauth::dkim {

struct Signature {
  Algorithm algorithm = Algorithm::RsaSha256;
  Canon headerCanon = Canon::Simple;
  Canon bodyCanon = Canon::Simple;
  std::string domain;                // d=, A-labels in lower case
  std::string selector;              // s=, likewise
  std::string identity;              // i= as written, decoded; "@" and the domain when it is missing
  std::string identityDomain;        // A-labels in lower case
  std::vector<std::string> headers;  // h=
  std::string bodyHash;              // bh=, decoded
  std::string signature;             // b=, decoded
  std::string signatureText;         // b=, the base64 without blanks: RFC 8601 2.7.1 shows its beginning
  std::optional<uint64_t> length;    // l=
  std::optional<int64_t> timestamp;  // t=
  std::optional<int64_t> expiry;     // x=

  // Where the key is: "selector._domainkey.domain".
  std::string keyName() const { return selector + "._domainkey." + domain; }
};

// Invalid: `value` breaks a rule. What could be read is in *partial, for those who report it.
ph::Result<Signature> parseSignature(std::string_view value, Signature* partial = nullptr);

// The tags that an ARC-Message-Signature shares (all but v= and i=). RFC 8617 4.1.2.
ph::Status readCommonTags(const TagList& tags, Signature* out);
// a=, b=, d=, s= alone, as an ARC-Seal has them. RFC 8617 4.1.3.
ph::Status readKeyTags(const TagList& tags, Signature* out);

// True: `domain` is `parent` or below it. Both in A-labels.
bool isAtOrBelow(std::string_view domain, std::string_view parent);

}  // namespace ph_mailauth::dkim
