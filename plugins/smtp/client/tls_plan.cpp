#include "client/tls_plan.hpp"

namespace ph_smtp::client {

namespace {

bool isIp(std::string_view host) {
  return host.find(':') != std::string_view::npos || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

TlsPlan planDirect(std::string_view host, const ph::MxAnswer& policy, const Mail& mail) {
  TlsPlan p;
  if (!isIp(host)) p.client.serverName = host;
  if (mail.tlsOptional() || policy.level == PH_MX_ANY) {
    p.fallback = true;
    p.relaxed = policy.level != PH_MX_ANY || policy.refuse;
    return p;
  }
  p.needed = true;
  p.why = policy.text.empty() ? "a policy" : policy.text;
  if (policy.level == PH_MX_PKIX) p.client.verify = PH_TLS_VERIFY_PKIX;
  if (policy.level == PH_MX_DANE) p.client.verify = PH_TLS_VERIFY_DANE;
  p.client.names = policy.names;
  if (p.client.names.empty()) p.client.names.emplace_back(host);
  p.client.records = policy.records;
  return p;
}

TlsPlan planRoute(std::string_view host, int32_t tls) {
  TlsPlan p;
  if (!isIp(host)) p.client.serverName = host;
  p.why = "the route's configuration";
  p.wanted = tls != PH_ROUTE_TLS_NONE;
  p.needed = p.wanted && tls != PH_ROUTE_TLS_OPPORTUNISTIC;
  p.fallback = tls == PH_ROUTE_TLS_OPPORTUNISTIC;
  p.implicit = tls == PH_ROUTE_TLS_IMPLICIT;
  if (tls == PH_ROUTE_TLS_REQUIRED || p.implicit) {
    p.client.verify = PH_TLS_VERIFY_PKIX;
    p.client.names.emplace_back(host);
  }
  return p;
}

}  // namespace ph_smtp::client
