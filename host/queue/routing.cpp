#include "queue/routing.hpp"

#include <algorithm>

#include "ph/address/domain.hpp"

namespace posthouse::queue {
namespace {

bool matches(const std::vector<std::string>& patterns, std::string_view domain) {
  if (patterns.empty()) return true;
  return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view p) {
    if (!p.starts_with('.')) return p == domain;
    return domain == p.substr(1) || domain.ends_with(p);
  });
}

const Route* find(const Routes& routes, std::string_view from, std::string_view to, int attempts) {
  const auto i = std::find_if(routes.begin(), routes.end(), [&](const Route& r) {
    return attempts >= r.minimumAttempts && matches(r.from, from) && matches(r.to, to);
  });
  return i == routes.end() ? nullptr : &*i;
}

const Route* find(const std::map<std::string, Routes, std::less<>>& by, std::string_view key, std::string_view from,
                  std::string_view to, int attempts) {
  const auto i = by.find(key);
  return i == by.end() ? nullptr : find(i->second, from, to, attempts);
}

}  // namespace

std::string domainOf(std::string_view path) {
  const auto at = path.rfind('@');
  if (at == std::string_view::npos) return {};
  const auto domain = path.substr(at + 1);
  if (ph::address::isAddressLiteral(domain)) return std::string(domain);
  return ph::address::normaliseDomain(domain).valueOr(std::string(domain));
}

const Transport& chooseTransport(const Settings& s, std::string_view wanted, std::string_view account,
                                 std::string_view fromDomain, std::string_view toDomain, int attempts) {
  if (const auto i = s.transports.find(wanted); i != s.transports.end()) return i->second;
  const Route* route = find(s.accountRoutes, account, fromDomain, toDomain, attempts);
  if (!route) route = find(s.domainRoutes, fromDomain, fromDomain, toDomain, attempts);
  if (!route) route = find(s.routes, fromDomain, toDomain, attempts);
  if (!route) return s.direct;
  const auto i = s.transports.find(route->transport);
  return i == s.transports.end() ? s.direct : i->second;
}

}  // namespace posthouse::queue
