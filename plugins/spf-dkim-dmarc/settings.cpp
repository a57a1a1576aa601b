#include "settings.hpp"

#include <algorithm>
#include <utility>

#include "ph/address/addr_spec.hpp"
#include "ph/address/domain.hpp"
#include "ph/text/ascii.hpp"

namespace ph_mailauth {

ph::Result<Settings> Settings::from(const ph::Config& config) {
  Settings s;
  for (const auto& text : config.list("exempt_networks")) {
    const auto network = Network::parse(text);
    if (!network) return ph::Error{ph::Kind::Invalid, "exempt_networks: '" + text + "' is no network"};
    s.exempt.push_back(*network);
  }
  for (const auto& [key, zones] : {std::pair{"dnsbl", &s.dnsbl}, std::pair{"dnswl", &s.dnswl}}) {
    for (const auto& text : config.list(key)) {
      auto zone = ph::address::normaliseDnsName(text);
      if (!zone) return ph::Error{ph::Kind::Invalid, std::string(key) + ": '" + text + "' is no domain name"};
      zones->push_back(std::move(*zone));
    }
  }
  const int64_t timeout = config.duration("dns_timeout", s.dnsTimeoutMs);
  if (timeout < 1000 || timeout > 60'000) return ph::Error{ph::Kind::Invalid, "dns_timeout: 1s to 60s"};
  s.dnsTimeoutMs = static_cast<uint32_t>(timeout);
  s.dmarcEnforce = config.boolean("dmarc_enforce", s.dmarcEnforce);
  s.sendReports = config.boolean("send_reports", s.sendReports);
  s.reportFrom = config.string("report_from");
  if (!s.reportFrom.empty() && !ph::address::parseAddrSpec(s.reportFrom))
    return ph::Error{ph::Kind::Invalid, "report_from: '" + s.reportFrom + "' is no mail address"};
  for (const auto& text : config.list("report_addresses")) {
    if (!ph::address::parseAddrSpec(text))
      return ph::Error{ph::Kind::Invalid, "report_addresses: '" + text + "' is no mail address"};
    s.reportAddresses.push_back(ph::text::toLower(text));
  }
  s.dmarcTreeWalk = config.boolean("dmarc_tree_walk", s.dmarcTreeWalk);
  auto signatures = dkim::DkimSettings::from(config);
  if (!signatures) return signatures.error();
  s.dkim = std::move(*signatures);
  return s;
}

bool Settings::isExempt(std::string_view ip) const {
  const auto address = Ip::parse(ip);
  return !address || std::any_of(exempt.begin(), exempt.end(), [&](const Network& n) { return n.contains(*address); });
}

}  // namespace ph_mailauth
