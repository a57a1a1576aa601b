// Where reports about a domain may be sent.
// Guarantees: an address of another organisation gets reports only when its domain publishes that it wants them, so
// that nobody can be flooded by somebody else's record. Threads: pure but for the resolver. RFC 7489 7.1.
#pragma once

#include <string>
#include <vector>

#include "dmarc/discovery.hpp"

namespace ph_mailauth {

inline constexpr size_t kMaxDestinations = 5;

struct Destination {
  std::string address;
  uint64_t maxSize = 0;  // bytes; 0: any
};

// The mailboxes of rua, in their order. `problems`: why others were left out, for people.
std::vector<Destination> destinationsOf(const std::string& domain, const DmarcRecord& record, DmarcDiscovery& discovery,
                                        Resolver& resolver, std::vector<std::string>* problems);

}  // namespace ph_mailauth
