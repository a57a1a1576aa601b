// How mail leaves: the configured transports, the routes to them, and the limits of the queue.
// Threads: immutable once made; a reload puts another in its place.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "queue/limits.hpp"

namespace posthouse::queue {

struct Transport {
  enum class Kind { Direct, Host, Fail };
  std::string name;  // empty: what is used when no route says more
  Kind kind = Kind::Direct;
  std::string carrier = "smtp";  // the name under which a plugin offers it
  std::string host;
  uint16_t port = 25;
  bool lmtp = false;
  int32_t tls = 0;        // PH_ROUTE_TLS_*
  uint32_t families = 3;  // PH_ROUTE_IPV4 and IPV6
  std::string helo;       // empty: the server's name
  std::string username;
  std::string password;
  std::string mechanisms;  // separated by one space
  std::string proxy;
  uint16_t proxyPort = 0;
  std::string sourceIpv4;
  std::string sourceIpv6;
  int32_t code = 554;  // Fail
  std::string text;
};

struct Route {
  std::vector<std::string> from;  // domains; with a leading dot: and those below; none: any
  std::vector<std::string> to;
  int minimumAttempts = 0;
  std::string transport;
};
using Routes = std::vector<Route>;

struct Settings {
  std::string hostname;
  SendingLimits limits;
  std::map<std::string, SendingLimits, std::less<>> accountLimits;  // where they differ
  std::set<std::string, std::less<>> suppressing;                   // accounts whose suppression list fills by itself
  std::set<std::string, std::less<>> disabledDomains;               // senders in them wait
  bool errorLocalparts = false;                                     // testing aid, see gate.hpp
  size_t connections = 100;
  size_t perDestination = 10;
  int maxAttempts = 8;
  int64_t keepRetired = 7 * 86400;  // seconds
  Transport direct;                 // without a route
  std::map<std::string, Transport, std::less<>> transports;
  Routes routes;
  std::map<std::string, Routes, std::less<>> domainRoutes;  // by the sender's domain
  std::map<std::string, Routes, std::less<>> accountRoutes;
};

// The domain in A-labels of "local@domain"; empty for <>.
std::string domainOf(std::string_view path);

// `wanted`: chosen by an admin for this recipient, or empty. Else the first route that fits: of the account, of the
// sender's domain, of the server. `attempts`: made so far.
const Transport& chooseTransport(const Settings& settings, std::string_view wanted, std::string_view account,
                                 std::string_view fromDomain, std::string_view toDomain, int attempts);

}  // namespace posthouse::queue
