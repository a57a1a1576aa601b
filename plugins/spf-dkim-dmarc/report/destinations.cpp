#include "report/destinations.hpp"

#include <algorithm>

#include "ph/address/addr_spec.hpp"

namespace ph_mailauth {

namespace {

// RFC 7489 7.1, steps 2 to 6: what the other domain publishes about reports for `domain`.
bool isWelcome(const std::string& domain, const std::string& host, Resolver& resolver) {
  const auto answer = resolver.ask(domain + "._report._dmarc." + host, ph::DnsType::Txt);
  return std::any_of(answer.records.begin(), answer.records.end(),
                     [](const auto& record) { return DmarcRecord::is(record.value); });
}

}  // namespace

std::vector<Destination> destinationsOf(const std::string& domain, const DmarcRecord& record, DmarcDiscovery& discovery,
                                        Resolver& resolver, std::vector<std::string>* problems) {
  std::vector<Destination> out;
  for (const auto& uri : record.aggregate) {
    if (out.size() == kMaxDestinations) break;
    const auto address = ph::address::parseAddrSpec(uri.mailbox());
    if (!address) {
      problems->push_back(uri.uri + ": not a mail address");
      continue;
    }
    const bool own =
        address->domain == domain || discovery.organisation(address->domain) == discovery.organisation(domain);
    if (!own && !isWelcome(domain, address->domain, resolver)) {
      problems->push_back(uri.uri + ": " + address->domain + " does not say that it wants reports about " + domain);
      continue;
    }
    out.push_back({ph::address::formatAddrSpec(*address), uri.maxSize});
  }
  return out;
}

}  // namespace ph_mailauth
