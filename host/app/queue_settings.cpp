#include "app/queue_settings.hpp"

#include <fstream>
#include <random>

#include "ph/address/addr_spec.hpp"

namespace posthouse::app {
namespace {

int32_t tlsOf(const std::string& word) {
  if (word == "required") return PH_ROUTE_TLS_REQUIRED;
  if (word == "implicit") return PH_ROUTE_TLS_IMPLICIT;
  if (word == "unverified") return PH_ROUTE_TLS_UNVERIFIED;
  return word == "none" ? PH_ROUTE_TLS_NONE : PH_ROUTE_TLS_OPPORTUNISTIC;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& w : words) out += (out.empty() ? "" : " ") + w;
  return out;
}

ph::Result<queue::Transport> transport(const std::string& name, const config::TransportConfig& c,
                                       const config::QueueConfig& all) {
  using Kind = queue::Transport::Kind;
  queue::Transport t;
  t.name = name;
  t.kind = c.kind == "fail" ? Kind::Fail : c.host.empty() ? Kind::Direct : Kind::Host;
  t.carrier = c.carrier;
  t.host = c.host;
  t.port = t.kind == Kind::Direct && c.port == 25 ? all.directPort : c.port;
  t.lmtp = c.kind == "lmtp";
  t.tls = tlsOf(c.tls);
  t.families = (c.ipv4 ? PH_ROUTE_IPV4 : 0u) | (c.ipv6 ? PH_ROUTE_IPV6 : 0u);
  t.helo = c.helo;
  t.username = c.username;
  t.mechanisms = joined(c.mechanisms);
  t.proxy = c.proxy;
  t.proxyPort = c.proxyPort;
  t.sourceIpv4 = c.sourceIpv4.empty() ? all.sourceIpv4 : c.sourceIpv4;
  t.sourceIpv6 = c.sourceIpv6.empty() ? all.sourceIpv6 : c.sourceIpv6;
  t.code = c.code;
  t.text = c.text;
  if (!c.passwordFile.empty()) {
    std::ifstream file(c.passwordFile);
    if (!std::getline(file, t.password) || t.password.empty())
      return ph::Error{ph::Kind::Invalid, c.at.text() + ": 'password_file': no password in " + c.passwordFile};
    if (t.password.ends_with('\r')) t.password.pop_back();
  }
  return t;
}

queue::Routes routes(const std::vector<config::RouteConfig>& all) {
  queue::Routes out;
  for (const auto& r : all) out.push_back({r.from, r.to, r.minimumAttempts, r.transport});
  return out;
}

}  // namespace

ph::Result<queue::Settings> queueSettings(const config::ServerConfig& config) {
  const auto& c = config.queue;
  queue::Settings out;
  out.hostname = config.hostname;
  out.connections = static_cast<size_t>(c.connections);
  out.perDestination = static_cast<size_t>(c.connectionsPerDestination);
  out.maxAttempts = static_cast<int>(c.attempts);
  out.keepRetired = c.keepRetired;
  out.errorLocalparts = c.errorLocalparts;
  out.direct.port = c.directPort;
  out.direct.sourceIpv4 = c.sourceIpv4;
  out.direct.sourceIpv6 = c.sourceIpv6;
  for (const auto& [name, t] : c.transports) {
    auto made = transport(name, t, c);
    if (!made) return made.error();
    out.transports.emplace(name, std::move(*made));
  }
  out.routes = routes(c.routes);
  for (const auto& [name, d] : config.domains) {
    if (d.disabled) out.disabledDomains.insert(name);
    if (!d.routes.empty()) out.domainRoutes.emplace(name, routes(d.routes));
  }
  for (const auto& [name, a] : config.accounts) {
    out.accountLimits[name] = {a.recipientsPerDay, a.firstTimeRecipientsPerDay};
    if (!a.fromIdAddresses.empty() && c.keepRetired > 0) out.suppressing.insert(name);
    if (!a.routes.empty()) out.accountRoutes.emplace(name, routes(a.routes));
  }
  return out;
}

queue::Resolved resolveSender(const accounts::Directory& directory, const std::string& address) {
  queue::Resolved out;
  const auto parsed = ph::address::parseAddrSpec(address);
  const auto found =
      parsed ? directory.resolve(parsed->localpart, parsed->domain) : ph::Result<accounts::Resolution>(parsed.error());
  if (!found) {
    out.local = true;  // no address: nobody can be told
    return out;
  }
  out.local = found->kind != accounts::AddressKind::Foreign;
  if (!found->account.empty()) out.accounts.push_back(found->account);
  if (const auto* alias = directory.alias(found->canonical); alias && found->kind == accounts::AddressKind::Alias) {
    for (const auto& m : alias->members) out.accounts.push_back(m.account);
  }
  return out;
}

uint32_t randomBelow(uint32_t n) {
  thread_local std::mt19937 engine{std::random_device{}()};
  return std::uniform_int_distribution<uint32_t>(0, n - 1)(engine);
}

}  // namespace posthouse::app
