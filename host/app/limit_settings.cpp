#include "app/limit_settings.hpp"

namespace posthouse::app {
namespace {

constexpr int64_t kEndless = 1'000'000;  // connections of one listener

net::Limits::Connections connections(const config::ConnectionLimitsConfig& c) {
  return {c.perMinute, c.open};
}

}  // namespace

ph::Result<std::vector<net::Network>> networks(const std::vector<std::string>& texts, const char* key,
                                               const config::Position& at) {
  std::vector<net::Network> out;
  for (const auto& text : texts) {
    const auto n = net::Network::parse(text);
    if (!n) {
      return ph::Error{ph::Kind::Invalid,
                       at.text() + ": '" + key + "': '" + text + "' is not a network such as \"192.0.2.0/24\""};
    }
    out.push_back(*n);
  }
  return out;
}

ph::Result<net::Limits::Settings> limitSettings(const config::ServerConfig& config) {
  const auto& c = config.limits;
  net::Limits::Settings out;
  out.enabled = c.enabled;
  out.connections = connections(c.connections);
  out.loginFailuresPerMinute = c.loginFailuresPerMinute;
  out.loginFailuresPerDay = c.loginFailuresPerDay;
  out.accountConnections = c.accountConnections;
  auto exempt = networks(c.exempt, "limits.exempt", c.at);
  if (!exempt) return exempt.error();
  out.exempt = std::move(*exempt);
  auto proxies = networks(c.trustedProxies, "limits.trusted_proxies", c.at);
  if (!proxies) return proxies.error();
  for (const auto& l : config.listeners) {
    out.listeners[l.name] = connections(l.limits);
    auto own = networks(l.trustedProxies, "trusted_proxies", l.at);
    if (!own) return own.error();
    out.exempt.insert(out.exempt.end(), own->begin(), own->end());
  }
  return out;
}

void removeLimits(config::ServerConfig* config) {
  config->limits.enabled = false;
  for (auto& l : config->listeners) l.maxConnections = kEndless;
}

}  // namespace posthouse::app
