#include "dnsbl/lists.hpp"

#include <algorithm>
#include <optional>

namespace ph_mailauth {

namespace {

constexpr uint64_t kMinute = 60'000;
constexpr uint64_t kWell = 240 * kMinute;
constexpr uint64_t kUnwell = 10 * kMinute;

// What `zone` says about `ip`. Values outside of 127.0.0.0/8 come from wildcards and parked domains; those of
// 127.255.255.0/24 are lists saying that they don't want to be asked like this.
std::optional<std::string> listed(const Ip& ip, const std::string& zone, Resolver& resolver) {
  const auto answer = resolver.ask(ip.reversed() + "." + zone, ph::DnsType::A);
  for (const auto& record : answer.records) {
    const auto value = Ip::parseV4(record.value);
    if (!value || value->bytes[0] != 127 || (value->bytes[1] == 255 && value->bytes[2] == 255)) continue;
    return record.value;
  }
  return std::nullopt;
}

}  // namespace

bool ListHealth::isWell(const std::string& zone, uint64_t nowMs, Resolver& resolver) {
  {
    const std::lock_guard lock(mutex_);
    const auto& k = known_[zone];
    if (nowMs < k.untilMs) return k.well;
  }
  const bool well =
      listed(*Ip::parse("127.0.0.2"), zone, resolver) && resolver.ask("1.0.0.127." + zone, ph::DnsType::A).isVoid();
  const std::lock_guard lock(mutex_);
  known_[zone] = {well, nowMs + (well ? kWell : kUnwell)};
  return well;
}

std::vector<Listing> lookUpLists(const Ip& ip, const std::vector<std::string>& zones, uint64_t nowMs,
                                 ListHealth& health, Resolver& resolver) {
  std::vector<Listing> out;
  for (const auto& zone : zones) {
    const auto value = listed(ip, zone, resolver);
    if (value && health.isWell(zone, nowMs, resolver)) out.push_back({zone, *value});
  }
  return out;
}

std::string listFact(const std::vector<Listing>& listings) {
  std::string out;
  for (const auto& l : listings) out += (out.empty() ? "" : " ") + l.zone + "=" + l.value;
  return out;
}

}  // namespace ph_mailauth
