// Lists of addresses in the DNS: whether a client is on one, and whether a list works at all.
// Guarantees: what a list that does not work says, counts for nothing: one that answers for everybody, or for nobody,
// has no say. Threads: ListHealth from any thread; the rest is pure but for the resolver. RFC 5782 2.1, 2.4, 5.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "dns/ip.hpp"
#include "dns/resolver.hpp"

namespace ph_mailauth {

// Remembers which lists pass their test: 127.0.0.2 is listed, 127.0.0.1 is not (RFC 5782 5).
class ListHealth {
 public:
  // Asks when what is known is older than 4 hours, of a list in trouble 10 minutes.
  bool isWell(const std::string& zone, uint64_t nowMs, Resolver& resolver);

 private:
  struct Known {
    bool well = false;
    uint64_t untilMs = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Known> known_;
};

struct Listing {
  std::string zone;
  std::string value;  // the first A record, 127.0.0.2 and kin: what it means the list says
};

std::vector<Listing> lookUpLists(const Ip& ip, const std::vector<std::string>& zones, uint64_t nowMs,
                                 ListHealth& health, Resolver& resolver);

// "zone=127.0.0.2 other=127.0.0.4" as a fact; empty: on none.
std::string listFact(const std::vector<Listing>& listings);

}  // namespace ph_mailauth
