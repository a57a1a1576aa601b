// What became of one DKIM signature, and how the parts of the plugin tell each other: by facts.
// Guarantees: dkimResults(dkimFact(r), selectorsFact(r)) gives back domain, selector and status of what was written;
// facts stay below 4 KiB, further signatures are left out.
// Threads: pure functions. RFC 6376 6.3, RFC 8601 2.7.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ph_mailauth {

// RFC 8601 2.7.1.
enum class DkimStatus { None, Pass, Fail, Policy, Neutral, TempError, PermError };

std::string_view name(DkimStatus status);

struct DkimResult {
  DkimStatus status = DkimStatus::None;
  std::string domain;     // d=, A-labels, lower case; empty: the signature could not be read that far
  std::string selector;   // s=
  std::string identity;   // i=, as it was signed; empty: not said
  std::string algorithm;  // a=
  std::string signature;  // the first octets of b=, RFC 6008 (header.b); at most 12
  std::string reason;     // for people: why it is no pass
  unsigned keyBits = 0;   // 0: not known
  bool testing = false;   // t=y in the key record: a failure must be treated as unsigned, RFC 6376 3.6.1
  bool secure = false;    // the key record came with DNSSEC
};

// "pass:example.org fail:example.net", see docs/design/facts.md.
std::string dkimFact(const std::vector<DkimResult>& results);
// The selectors in the same order: "s1 s2"; "-" where there is none.
std::string selectorsFact(const std::vector<DkimResult>& results);
std::vector<DkimResult> dkimResults(std::string_view fact, std::string_view selectors);

}  // namespace ph_mailauth
