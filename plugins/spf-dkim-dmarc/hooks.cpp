#include "hooks.hpp"

#include <optional>

#include "iprev/iprev.hpp"
#include "results/auth_results.hpp"
#include "spf/received_spf.hpp"

namespace ph_mailauth {

namespace {

constexpr uint32_t kDeadlineMs = 65'000;  // above the longest dns_timeout
// These leave enough of PH_DNS_PER_TXN for the keys of signatures, whatever records a client's domains have.
constexpr unsigned kMailFromQuestions = 100;
constexpr unsigned kHeloQuestions = 40;
constexpr unsigned kIprevQuestions = 11;

// A client as the checks of stage MAIL need it.
struct Client {
  Ip ip;
  std::string helo;
};

std::optional<Client> strangerOf(const ph::HookCall& call, const Settings& settings) {
  if (!isChecked(call, settings)) return std::nullopt;
  const auto info = call.info();
  const auto ip = Ip::parse(ph::view(info.remote_ip));
  if (!ip) return std::nullopt;
  return Client{*ip, std::string(ph::view(info.helo))};
}

SpfQuery queryOf(const ph::Host& host, const Client& client, const SpfIdentity& identity) {
  constexpr int64_t kMs = 1000;
  return {client.ip, identity.domain, identity.sender, client.helo, host.hostname(), host.wallMs() / kMs};
}

}  // namespace

bool isChecked(const ph::HookCall& call, const Settings& settings) {
  const auto info = call.info();
  return !info.submission && ph::view(info.protocol).find("LMTP") == std::string_view::npos &&
         !settings.isExempt(ph::view(info.remote_ip));
}

ClientHooks::ClientHooks(const ph::Host& host, const SettingsBox& settings)
    : host_(host),
      settings_(settings),
      mailFrom_(host, {"spf", PH_STAGE_MAIL, PH_ROLE_INSPECT, PH_POLICY_OPEN, kDeadlineMs, {"auth.spf"}, {}},
                [this](ph::HookCall& call) { return mailFrom(call); }),
      helo_(host, {"spf-helo", PH_STAGE_MAIL, PH_ROLE_INSPECT, PH_POLICY_OPEN, kDeadlineMs, {"auth.spf.helo"}, {}},
            [this](ph::HookCall& call) { return helo(call); }),
      iprev_(host, {"iprev", PH_STAGE_MAIL, PH_ROLE_INSPECT, PH_POLICY_OPEN, kDeadlineMs, {"auth.iprev"}, {}},
             [this](ph::HookCall& call) { return iprev(call); }) {}

ph::Status ClientHooks::start() {
  for (auto* hook : {&mailFrom_, &helo_, &iprev_}) {
    if (auto s = hook->add(); !s) return s;
  }
  return {};
}

ph::Status ClientHooks::mailFrom(ph::HookCall& call) const {
  const auto settings = settings_.get();
  const auto client = strangerOf(call, *settings);
  if (!client) return {};
  HostResolver resolver(host_, settings->dnsTimeoutMs, call.raw(), kMailFromQuestions);
  const auto identity = mailFromIdentity(call.reversePath(), client->helo);
  const auto query = queryOf(host_, *client, identity);
  const auto result = checkHost(query, resolver);
  if (auto s = call.setFact("auth.spf", name(result.status)); !s) return s;
  if (auto s = call.addHeader("Received-SPF", receivedSpf(result, query, identity, call.reversePath())); !s) return s;
  // A null reverse-path is the greeting's identity, whose own hook makes the entry.
  return identity.helo ? ph::Status() : call.addAuthResult(spfEntry(result, identity));
}

ph::Status ClientHooks::helo(ph::HookCall& call) const {
  const auto settings = settings_.get();
  const auto client = strangerOf(call, *settings);
  if (!client) return {};
  HostResolver resolver(host_, settings->dnsTimeoutMs, call.raw(), kHeloQuestions);
  const auto identity = heloIdentity(client->helo);
  const auto result = checkHost(queryOf(host_, *client, identity), resolver);
  if (auto s = call.setFact("auth.spf.helo", name(result.status)); !s) return s;
  return call.addAuthResult(spfEntry(result, identity));
}

ph::Status ClientHooks::iprev(ph::HookCall& call) const {
  const auto settings = settings_.get();
  const auto client = strangerOf(call, *settings);
  if (!client) return {};
  HostResolver resolver(host_, settings->dnsTimeoutMs, call.raw(), kIprevQuestions);
  const auto result = checkIprev(client->ip, resolver);
  if (auto s = call.setFact("auth.iprev", name(result.status)); !s) return s;
  return call.addAuthResult(iprevEntry(result, client->ip));
}

}  // namespace ph_mailauth
