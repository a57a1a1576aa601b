#include "dns/settings.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "dns/resolv_conf.hpp"

namespace posthouse::dns {
namespace {

std::string readFile(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::vector<Server> serversOf(const Settings& settings) {
  bool vouched = false;
  std::vector<net::Address> addresses = settings.resolvers;
  if (settings.system) {
    auto conf = parseResolvConf(readFile(settings.resolvConf));
    addresses = std::move(conf.resolvers);
    vouched = conf.trustAd;
  }
  std::vector<Server> out;
  for (const auto& a : addresses) {
    const bool named = std::any_of(settings.trusted.begin(), settings.trusted.end(),
                                   [&](const net::Network& n) { return n.contains(a); });
    out.push_back({a, vouched || named || isLoopback(a)});
  }
  return out;
}

}  // namespace posthouse::dns
