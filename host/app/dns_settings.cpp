#include "app/dns_settings.hpp"

#include "app/limit_settings.hpp"

namespace posthouse::app {
namespace {

constexpr const char* kPort = ":53";

}  // namespace

ph::Result<net::Address> resolverAddress(const std::string& text) {
  for (const auto& candidate : {text, text + kPort, "[" + text + "]" + kPort}) {
    const auto a = net::Address::parse(candidate);
    if (a && a->port() != 0) return *a;
  }
  return ph::Error{ph::Kind::Invalid, "'" + text + "' is not an address such as \"127.0.0.1\" or \"[::1]:53\""};
}

ph::Result<dns::Settings> dnsSettings(const config::DnsConfig& c) {
  dns::Settings out;
  out.system = c.system;
  for (const auto& text : c.resolvers) {
    const auto a = resolverAddress(text);
    if (!a) return ph::Error{ph::Kind::Invalid, c.at.text() + ": 'dns.resolvers': " + a.error().text};
    out.resolvers.push_back(*a);
  }
  auto trusted = networks(c.trusted, "dns.trusted", c.at);
  if (!trusted) return trusted.error();
  out.trusted = std::move(*trusted);
  return out;
}

ph::Result<dns::Settings> offlineDns(const std::string& resolver, const config::ServerConfig* config) {
  if (!resolver.empty()) {
    const auto a = resolverAddress(resolver);
    if (!a) return a.error();
    dns::Settings out;
    out.system = false;
    out.resolvers = {*a};
    return out;
  }
  if (!config) return dns::Settings();
  auto out = dnsSettings(config->dns);
  if (out && !out->system && out->resolvers.empty())
    return ph::Error{ph::Kind::Invalid, config->file + " says to ask nobody (dns.resolvers = []): use --resolver"};
  return out;
}

}  // namespace posthouse::app
