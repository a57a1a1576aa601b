// The key record at selector._domainkey.domain. RFC 6376 3.6.1, RFC 8463 4.2.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dkim/algorithm.hpp"
#include "ph/result.hpp"

namespace ph_mailauth::dkim {

struct Record {
  KeyType type = KeyType::Rsa;
  bool anyHash = true;
  bool sha1 = false;    // h= names it
  bool sha256 = false;  // h= names it
  bool email = true;    // s= allows it for mail
  bool testing = false;
  bool strict = false;  // t=s: i= must be d= itself
  std::string notes;
  std::string key;  // p=, decoded; empty: revoked

  bool allows(Hash hash) const { return anyHash || (hash == Hash::Sha1 ? sha1 : sha256); }
  bool revoked() const { return key.empty(); }
};

// Invalid: no key record, or one that breaks a rule.
ph::Result<Record> parseRecord(std::string_view text);
// False: it is something else that is published at the same name.
bool looksLikeRecord(std::string_view text);

// The text to publish for a public key.
std::string formatRecord(KeyType type, std::string_view key);

}  // namespace ph_mailauth::dkim
