#include "client/exchangers.hpp"

#include <algorithm>
#include <random>

#include "ph/address/domain.hpp"

namespace ph_smtp::client {

namespace {

using ph::DnsAnswer;
using ph::DnsRecord;
using ph::DnsType;

bool secure(const DnsAnswer& a) {
  return a.security == DnsAnswer::Security::Secure;
}

Exchangers none(Outcome why) {
  Exchangers out;
  out.failure = std::move(why);
  return out;
}

// Sorted by preference, equals shuffled (RFC 5321 5.1), without what is no name.
std::vector<DnsRecord> usable(std::vector<DnsRecord> records) {
  std::vector<DnsRecord> out;
  for (DnsRecord& r : records) {
    auto name = ph::address::normaliseDnsName(r.value);
    if (!name) continue;
    r.value = *name;
    out.push_back(std::move(r));
  }
  static thread_local std::minstd_rand random{std::random_device{}()};
  std::shuffle(out.begin(), out.end(), random);
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.preference < b.preference; });
  return out;
}

Exchangers choose(const DnsAnswer& answer, const std::string& domain, const std::string& self) {
  if (answer.temporary()) {
    return none(localTrouble("4.4.3", "the MX records of " + domain + " can't be looked up: " + answer.text));
  }
  if (answer.outcome == DnsAnswer::Outcome::NoName) {
    return none(localRefusal("5.1.2", "the domain " + domain + " does not exist"));
  }
  Exchangers out;
  out.secure = secure(answer);
  if (!answer.found()) {
    out.hosts.push_back(domain);
    out.implicit = true;
    return out;
  }
  // RFC 7505 3: "." alone.
  if (answer.records.size() == 1 && (answer.records[0].value == "." || answer.records[0].value.empty())) {
    return none(localRefusal("5.1.10", "the domain " + domain + " takes no mail"));
  }
  const auto records = usable(answer.records);
  if (records.empty()) return none(localTrouble("4.4.4", "the MX records of " + domain + " name no usable host"));
  const auto us = std::find_if(records.begin(), records.end(), [&](const auto& r) { return r.value == self; });
  for (const DnsRecord& r : records) {
    // RFC 5321 5.1: from us on nobody is nearer to the mailbox.
    if (us != records.end() && r.preference >= us->preference) break;
    if (out.hosts.size() < kMaxExchangers &&
        std::find(out.hosts.begin(), out.hosts.end(), r.value) == out.hosts.end()) {
      out.hosts.push_back(r.value);
    }
  }
  if (out.hosts.empty()) {
    return none(localRefusal("5.4.6", "mail for " + domain + " would come back: this server is its best MX"));
  }
  return out;
}

void take(Located& out, std::vector<std::string>& list, const DnsAnswer& answer) {
  if (answer.temporary()) {
    out.temporary = true;
    out.text = answer.text;
  }
  for (const DnsRecord& r : answer.records) {
    if (list.size() < kMaxAddresses) list.push_back(r.value);
  }
  if (!answer.name.empty() && answer.found()) out.canonical = answer.name;
  out.secure = out.secure && secure(answer);
}

}  // namespace

void findExchangers(const ph::Dns& dns, std::string domain, std::string self, std::function<void(Exchangers)> then) {
  const std::string name = domain;
  dns.query(name, DnsType::Mx, 0,
            [domain = std::move(domain), self = std::move(self), then = std::move(then)](const DnsAnswer& answer) {
              then(choose(answer, domain, self));
            });
}

void locate(const ph::Dns& dns, std::string host, uint32_t families, std::function<void(Located)> then) {
  Located out;
  out.canonical = host;
  out.secure = true;
  const auto ipv6 = [&dns, host, families, then = std::move(then)](Located found) mutable {
    if (!(families & PH_ROUTE_IPV6)) return then(std::move(found));
    dns.query(host, DnsType::Aaaa, 0, [found = std::move(found), then = std::move(then)](const DnsAnswer& a) mutable {
      take(found, found.addresses.ipv6, a);
      then(std::move(found));
    });
  };
  if (!(families & PH_ROUTE_IPV4)) {
    auto next = ipv6;
    return next(std::move(out));
  }
  const std::string name = host;
  dns.query(name, DnsType::A, 0, [out = std::move(out), ipv6](const DnsAnswer& a) mutable {
    take(out, out.addresses.ipv4, a);
    auto next = ipv6;
    next(std::move(out));
  });
}

}  // namespace ph_smtp::client
