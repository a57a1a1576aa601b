// The seam to the domain name system: what checks ask, and who answers them.
// Guarantees: one question at a time, an answer always comes; names may hold any octet, as local-parts bring them in.
// Threads: a resolver belongs to one check.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ph/dns.hpp"

namespace ph_mailauth {

class Resolver {
 public:
  virtual ~Resolver() = default;
  virtual ph::DnsAnswer ask(std::string_view name, ph::DnsType type) = 0;
};

// Asks the host, on behalf of a hook when `call` is given: then questions count for the whole transaction, whose limit
// is PH_DNS_PER_TXN. When `budgetMs` or `maxQuestions` are used up every answer is a temporary failure: RFC 7208 4.6.4
// wants a limit on the whole check, and no check may use up what others need to unmask a forger.
class HostResolver final : public Resolver {
 public:
  HostResolver(const ph::Host& host, uint32_t budgetMs, const ph_call* call = nullptr,
               unsigned maxQuestions = UINT32_MAX);
  ph::DnsAnswer ask(std::string_view name, ph::DnsType type) override;

 private:
  const ph::Host& host_;
  const ph::Dns dns_;
  const uint64_t endMs_;
  const ph_call* const call_;
  unsigned questionsLeft_;
};

// The text form of ph.dns/1 for a name with any octets; empty when it can't be a domain name: an empty label, one above
// 63 octets, more than 253 in all (RFC 1035 2.3.4).
std::string dnsText(std::string_view name);

}  // namespace ph_mailauth
