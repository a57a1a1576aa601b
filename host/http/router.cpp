#include "http/router.hpp"

#include <algorithm>
#include <tuple>

namespace posthouse::http {
namespace {

constexpr std::pair<std::string_view, uint32_t> kMethods[] = {
    {"GET", kGet},     {"HEAD", kGet},      {"POST", kPost},      {"PUT", kPut},
    {"PATCH", kPatch}, {"DELETE", kDelete}, {"OPTIONS", kOptions}};

uint32_t methodBit(std::string_view method) {
  for (const auto& [name, bit] : kMethods) {
    if (name == method) return bit;
  }
  return 0;
}

std::string allowText(uint32_t methods) {
  std::string out;
  for (const auto& [name, bit] : kMethods) {
    if (methods & bit) out.append(out.empty() ? "" : ", ").append(name);
  }
  return out;
}

// Smaller is better.
auto rank(const Route& r) {
  return std::tuple(r.host.empty(), r.prefix, -static_cast<int64_t>(r.path.size()), r.listener.empty());
}

bool fits(const Route& r, const Request& request) {
  const std::string& path = request.head.target.path;
  return (r.listener.empty() || r.listener == request.listener) &&
         (r.host.empty() || r.host == request.head.host.host) &&
         (r.prefix ? path.compare(0, r.path.size(), r.path) == 0 : path == r.path);
}

}  // namespace

std::shared_ptr<const Router::List> Router::list() const {
  std::lock_guard lock(mutex_);
  return routes_;
}

ph::Status Router::add(Route route) {
  // A path is compared decoded and normalised: one that is not could never be asked for.
  if (decodePath(route.path) != route.path || (route.prefix && route.path.back() != '/'))
    return ph::Error{ph::Kind::Invalid, "'" + route.path + "' is not a path"};
  if (!route.host.empty()) {
    const auto host = parseAuthority(route.host);
    if (!host || host->port != 0) return ph::Error{ph::Kind::Invalid, "'" + route.host + "' is not a host"};
    route.host = host->host;
  }
  if (route.methods == 0 || !route.handler) return ph::Error{ph::Kind::Invalid, route.path + ": nothing to answer"};
  std::lock_guard lock(mutex_);
  for (const auto& r : *routes_) {
    if (rank(*r) == rank(route) && r->path == route.path && r->host == route.host && r->listener == route.listener &&
        (r->methods & route.methods) != 0)
      return ph::Error{ph::Kind::Conflict,
                       route.path + ": answered by " + (r->plugin.empty() ? "the host" : r->plugin)};
  }
  auto next = std::make_shared<List>(*routes_);
  auto added = std::make_shared<const Route>(std::move(route));
  next->insert(std::upper_bound(next->begin(), next->end(), added,
                                [](const RoutePtr& a, const RoutePtr& b) { return rank(*a) < rank(*b); }),
               added);
  routes_ = std::move(next);
  return {};
}

void Router::remove(const void* owner) {
  std::lock_guard lock(mutex_);
  auto next = std::make_shared<List>(*routes_);
  std::erase_if(*next, [&](const RoutePtr& r) { return r->owner == owner; });
  routes_ = std::move(next);
}

Router::Match Router::find(const Request& request) const {
  const auto routes = list();
  const uint32_t method = methodBit(request.head.method);
  const Route* best = nullptr;
  uint32_t allowed = 0;
  for (const auto& r : *routes) {
    if (!fits(*r, request)) continue;
    // What is less specific does not answer for what the best one leaves out.
    if (best && (rank(*best) != rank(*r) || best->path != r->path)) break;
    if (r->methods & method) return {r, {}};
    best = r.get();
    allowed |= r->methods;
  }
  return {nullptr, allowText(allowed)};
}

}  // namespace posthouse::http
