#include "data/sender_domain.hpp"

#include <algorithm>

#include "ph/address/domain.hpp"
#include "verdict.hpp"

namespace ph_smtp {

namespace {

using ph::Next;

Next finish(Session& s) {
  return s.envelope()->afterDomain(s);
}

Next accept(Session& s) {
  setVerdict(s.verdict(), PH_VERDICT_CONTINUE);
  return finish(s);
}

Next refuse(Session& s, const char* text) {
  setVerdict(s.verdict(), PH_VERDICT_REJECT, 550, "5.7.27", text);
  return finish(s);
}

// What every answer may mean; nothing: it exists neither here nor is it a failure.
std::optional<Next> decided(Session& s) {
  if (s.dnsAnswer().found()) return accept(s);
  if (!s.dnsAnswer().temporary()) return std::nullopt;
  setVerdict(s.verdict(), PH_VERDICT_TEMPFAIL, 451, "4.4.0", "the domain of the sender can't be checked now");
  return finish(s);
}

std::string domainOf(Session& s) {
  return ph::address::normaliseDomain(s.envelope()->reversePath.domain).valueOr("");
}

Next askedAaaa(Session& s) {
  if (const auto next = decided(s)) return *next;
  return refuse(s, "the domain of the sender has no mail server");
}

Next askedA(Session& s) {
  if (const auto next = decided(s)) return *next;
  return s.lookUp(domainOf(s), ph::DnsType::Aaaa, &askedAaaa);
}

Next askedMx(Session& s) {
  const auto& records = s.dnsAnswer().records;
  if (s.dnsAnswer().found() &&
      std::all_of(records.begin(), records.end(), [](const auto& r) { return r.value == "."; })) {
    return refuse(s, "the domain of the sender accepts no mail");
  }
  if (const auto next = decided(s)) return *next;
  return s.lookUp(domainOf(s), ph::DnsType::A, &askedA);
}

}  // namespace

Next checkSenderDomain(Session& s, Resume then) {
  Envelope& e = *s.envelope();
  e.afterDomain = then;
  auto found = ph::sized<ph_address_info>();
  const auto& h = s.host();
  const auto& from = e.reversePath;
  const bool ours = h.accounts->resolve(h.raw(), ph::str(from.localPart), ph::str(from.domain), &found) == PH_OK &&
                    found.kind != PH_ADDRESS_FOREIGN;
  if (from.isNull() || ours || ph::address::isAddressLiteral(from.domain)) return accept(s);
  const std::string domain = domainOf(s);
  if (domain.empty()) return refuse(s, "the domain of the sender does not exist");
  return s.lookUp(domain, ph::DnsType::Mx, &askedMx);
}

}  // namespace ph_smtp
