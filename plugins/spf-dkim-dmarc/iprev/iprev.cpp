#include "iprev/iprev.hpp"

#include <algorithm>

namespace ph_mailauth {

namespace {

constexpr size_t kMaxNames = 10;

}  // namespace

std::string_view name(Iprev::Status status) {
  switch (status) {
    case Iprev::Status::Pass:
      return "pass";
    case Iprev::Status::Fail:
      return "fail";
    case Iprev::Status::TempError:
      return "temperror";
    case Iprev::Status::PermError:
      break;
  }
  return "permerror";
}

Iprev checkIprev(const Ip& ip, Resolver& resolver) {
  const auto names = resolver.ask(ip.reversed() + (ip.v6 ? ".ip6.arpa" : ".in-addr.arpa"), ph::DnsType::Ptr);
  if (names.temporary()) return {Iprev::Status::TempError, {}};
  if (!names.found()) return {Iprev::Status::PermError, {}};
  bool temporary = false, any = false;
  for (size_t i = 0; i < std::min(names.records.size(), kMaxNames); ++i) {
    const auto& hostname = names.records[i].value;
    const auto addresses = resolver.ask(hostname, ip.v6 ? ph::DnsType::Aaaa : ph::DnsType::A);
    temporary = temporary || addresses.temporary();
    any = any || addresses.found();
    for (const auto& record : addresses.records) {
      if (Ip::parse(record.value) == ip) return {Iprev::Status::Pass, hostname};
    }
  }
  if (temporary) return {Iprev::Status::TempError, {}};
  return {any ? Iprev::Status::Fail : Iprev::Status::PermError, {}};
}

}  // namespace ph_mailauth
