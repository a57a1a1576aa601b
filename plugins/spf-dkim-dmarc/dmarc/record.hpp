// A DMARC record: what the owner of a domain wants done with mail that can't be proven to be theirs.
// Guarantees: unknown tags, and broken values of tags with a default, are passed over (RFC 7489 6.3).
// Threads: plain values. RFC 7489 6.3, 6.4, 6.6.3; np: RFC 9091 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ph_mailauth {

enum class DmarcPolicy { None, Quarantine, Reject };

std::string_view name(DmarcPolicy policy);
std::optional<DmarcPolicy> dmarcPolicy(std::string_view text);

// Where reports go: "mailto:reports@example.org!10m".
struct DmarcUri {
  std::string uri;              // without the size; other schemes than mailto are kept, and not used
  uint64_t maxSize = 0;         // bytes; 0: not said
  std::string mailbox() const;  // of a mailto: "local@domain", else empty
};

struct DmarcRecord {
  DmarcPolicy policy = DmarcPolicy::None;
  std::optional<DmarcPolicy> subdomainPolicy;    // sp
  std::optional<DmarcPolicy> nonexistentPolicy;  // np
  bool strictDkim = false;                       // adkim
  bool strictSpf = false;                        // aspf
  unsigned percent = 100;                        // pct
  uint32_t interval = 86400;                     // ri, seconds
  std::string failureOptions = "0";              // fo, as written
  std::vector<DmarcUri> aggregate, failure;      // rua, ruf
  char publicSuffix = 'u';                       // psd: 'y', 'n' or 'u'
  bool testing = false;                          // t=y

  // Whether a TXT record is a DMARC record at all: its first tag is v=DMARC1.
  static bool is(std::string_view text);
  // Nothing: it is none, or has no usable policy and no address for reports (RFC 7489 6.6.3, step 6).
  static std::optional<DmarcRecord> parse(std::string_view text);
  // p, sp or np, as RFC 7489 6.3 and RFC 9091 4 choose. `exact`: found at the author's very domain.
  DmarcPolicy policyFor(bool exact, bool exists) const;
};

}  // namespace ph_mailauth
