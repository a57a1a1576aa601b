// Whom the resolver asks and what it may hold. A value type.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "dns/lookup.hpp"
#include "net/address.hpp"
#include "net/network.hpp"

namespace posthouse::dns {

struct Settings {
  bool system = true;                   // the resolvers of `resolvConf`, read anew when it changes
  std::vector<net::Address> resolvers;  // else these; none: every question fails at once
  std::vector<net::Network> trusted;    // resolvers there may say what is secure, beside those on loopback
  std::string resolvConf = "/etc/resolv.conf";
  Patience patience{std::chrono::milliseconds(1500), std::chrono::milliseconds(3000)};
  std::chrono::milliseconds lifetime{10000};  // of a question, whoever waits
  size_t maxWaiting = 4000;                   // askers that wait, in all
  size_t maxWaitingOfOne = 2000;
};

// Whom to ask by these settings, and whose AD bit counts. Reads the file, if they say so.
std::vector<Server> serversOf(const Settings& settings);

}  // namespace posthouse::dns
