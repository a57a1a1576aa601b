#include "hooks.hpp"

#include "iprev/iprev.hpp"
#include "results/auth_results.hpp"

namespace ph_mailauth {

bool isChecked(const ph::HookCall& call, const Settings& settings) {
  const auto info = call.info();
  return !info.submission && ph::view(info.protocol).find("LMTP") == std::string_view::npos &&
         !settings.isExempt(ph::view(info.remote_ip));
}

ClientHooks::ClientHooks(const ph::Host& host, const SettingsBox& settings)
    : host_(host),
      settings_(settings),
      iprev_(host, {"iprev", PH_STAGE_MAIL, PH_ROLE_INSPECT, PH_POLICY_OPEN, 30'000, {"auth.iprev"}, {}},
             [this](ph::HookCall& call) { return iprev(call); }) {}

ph::Status ClientHooks::start() {
  for (auto* hook : {&iprev_}) {
    if (auto s = hook->add(); !s) return s;
  }
  return {};
}

ph::Status ClientHooks::iprev(ph::HookCall& call) const {
  const auto settings = settings_.get();
  if (!isChecked(call, *settings)) return {};
  const auto info = call.info();
  const auto ip = Ip::parse(ph::view(info.remote_ip));
  if (!ip) return {};
  HostResolver resolver(host_, settings->dnsTimeoutMs, call.raw());
  const auto result = checkIprev(*ip, resolver);
  if (auto s = call.setFact("auth.iprev", name(result.status)); !s) return s;
  return call.addAuthResult(iprevEntry(result, *ip));
}

}  // namespace ph_mailauth
