// check_host(): whether a domain lets a client use its name.
// Guarantees: an answer for every input; at most 10 terms that ask, 2 lookups in vain, 10 names of one mx or ptr, so at
// most some 230 questions, each once. Threads: pure but for the resolver. RFC 7208 2.6, 4, 5, 6.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dns/ip.hpp"
#include "dns/resolver.hpp"

namespace ph_mailauth {

// RFC 7208 2.6.
enum class SpfStatus { None, Neutral, Pass, Fail, SoftFail, TempError, PermError };

std::string_view name(SpfStatus status);

struct SpfQuery {
  Ip ip;
  std::string domain;    // whose record counts; for <> the greeting's
  std::string sender;    // "local@domain"; without local-part it is postmaster's
  std::string helo;      // for %{h}
  std::string receiver;  // for %{r}: our name
  int64_t now = 0;       // for %{t}, Unix seconds
};

struct SpfResult {
  SpfStatus status = SpfStatus::None;
  std::string explanation;  // on fail, what the domain says, printable ASCII; from outside: not to be trusted
  std::string mechanism;    // the directive that matched, as written; "default" when none did
  std::string problem;      // for people: why it is an error
  unsigned lookups = 0;     // terms that asked
  unsigned voids = 0;       // lookups in vain
  bool secure = false;      // the record of `domain` came with DNSSEC
};

SpfResult checkHost(const SpfQuery& query, Resolver& resolver);

}  // namespace ph_mailauth
