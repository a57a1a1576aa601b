#include "dnsbl/dnsbl_hooks.hpp"

#include "hooks.hpp"
#include "results/auth_results.hpp"

namespace ph_mailauth {

namespace {

constexpr unsigned kQuestions = 40;  // of a dozen lists

}  // namespace

DnsblHooks::DnsblHooks(const ph::Host& host, const SettingsBox& settings)
    : host_(host),
      settings_(settings),
      hook_(host, {"dnsbl", PH_STAGE_MAIL, PH_ROLE_INSPECT, PH_POLICY_OPEN, 65'000, {"auth.dnsbl", "auth.dnswl"}, {}},
            [this](ph::HookCall& call) { return ask(call); }) {}

ph::Status DnsblHooks::ask(ph::HookCall& call) const {
  const auto settings = settings_.get();
  if (settings->dnsbl.empty() && settings->dnswl.empty()) return {};
  if (!isChecked(call, *settings)) return {};
  const auto ip = Ip::parse(ph::view(call.info().remote_ip));
  if (!ip) return {};
  HostResolver resolver(host_, settings->dnsTimeoutMs, call.raw(), kQuestions);
  const uint64_t now = host_.monotonicMs();
  if (!settings->dnsbl.empty()) {
    const auto found = lookUpLists(*ip, settings->dnsbl, now, health_, resolver);
    if (auto s = call.setFact("auth.dnsbl", listFact(found)); !s) return s;
  }
  if (settings->dnswl.empty()) return {};
  const auto found = lookUpLists(*ip, settings->dnswl, now, health_, resolver);
  if (auto s = call.setFact("auth.dnswl", listFact(found)); !s) return s;
  for (const auto& l : found) {
    if (auto s = call.addAuthResult(dnswlEntry(l)); !s) return s;
  }
  return {};
}

}  // namespace ph_mailauth
