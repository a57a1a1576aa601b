// DMARC: whether one of the domains that SPF and DKIM proved is the author's, and what the author's domain wants if
// not. Guarantees: an answer for every input. With several authors' domains the strictest policy among those that fail
// counts (RFC 7489 6.6.1). A temporary failure of an aligned check never becomes a failure. Threads: pure but for the
// resolver. RFC 7489 3.1, 6.6.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dmarc/author.hpp"
#include "dmarc/discovery.hpp"
#include "results/dkim_result.hpp"
#include "spf/check.hpp"

namespace ph_mailauth {

enum class DmarcStatus { None, Pass, Fail, TempError, PermError };

std::string_view name(DmarcStatus status);

struct DmarcQuery {
  Authors authors;
  SpfStatus spf = SpfStatus::None;
  std::string spfDomain;  // of the reverse-path, or of the greeting when that is null
  std::vector<DkimResult> dkim;
};

struct DmarcResult {
  DmarcStatus status = DmarcStatus::None;
  std::string domain;        // the author's that this is about; empty: there is none
  std::string organisation;  // its organisational domain
  DmarcPublished published;
  DmarcPolicy policy = DmarcPolicy::None;  // what the record asks for, for this very domain
  bool spfAligned = false;                 // SPF passed for an aligned domain
  bool dkimAligned = false;
  std::string problem;
};

DmarcResult checkDmarc(const DmarcQuery& query, DmarcDiscovery& discovery);

// What is to be done with a message, when chance says `draw` (0 to 99). RFC 7489 6.6.4; a message not drawn, or of a
// domain that is only testing, is treated as if nothing was asked for, since quarantine counts as a refusal here.
DmarcPolicy dispositionOf(const DmarcResult& result, unsigned draw);

}  // namespace ph_mailauth
