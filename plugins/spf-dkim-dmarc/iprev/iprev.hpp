// Whether a client's address and its name belong together: address to name, and name back to that address.
// Guarantees: at most 10 names are looked at, one question each. Threads: pure but for the resolver. RFC 8601 3.
#pragma once

#include <string>

#include "dns/ip.hpp"
#include "dns/resolver.hpp"

namespace ph_mailauth {

struct Iprev {
  enum class Status { Pass, Fail, TempError, PermError };
  Status status = Status::PermError;
  std::string hostname;  // the first that leads back; empty unless Pass
};

std::string_view name(Iprev::Status status);

Iprev checkIprev(const Ip& ip, Resolver& resolver);

}  // namespace ph_mailauth
