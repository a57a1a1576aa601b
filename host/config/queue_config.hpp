// [queue], [transports.NAME] and routes: how mail leaves. Threads: value types, read-only after loading.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/node.hpp"

namespace posthouse::config {

struct RouteConfig {
  std::vector<std::string> from;  // domains in A-labels, with a leading dot also those below; none: any
  std::vector<std::string> to;
  int minimumAttempts = 0;
  std::string transport;
  Position at;
};

struct TransportConfig {
  std::string carrier;
  std::string kind;  // direct, smtp, submission, submissions, lmtp, socks, fail
  std::string host;
  uint16_t port = 0;
  std::string tls;  // opportunistic, required, unverified, implicit, none
  std::string username;
  std::string passwordFile;
  std::vector<std::string> mechanisms;
  std::string proxy;  // of a SOCKS server, an IP address
  uint16_t proxyPort = 0;
  std::string helo;
  bool ipv4 = true;
  bool ipv6 = true;
  std::string sourceIpv4;
  std::string sourceIpv6;
  int code = 554;
  std::string text;
  Position at;
};

struct QueueConfig {
  int64_t connections = 100;
  int64_t connectionsPerDestination = 10;
  int64_t attempts = 8;
  int64_t keepRetired = 0;  // seconds
  uint16_t directPort = 25;
  bool errorLocalparts = false;  // testing only
  std::string sourceIpv4;
  std::string sourceIpv6;
  std::map<std::string, TransportConfig, std::less<>> transports;
  std::vector<RouteConfig> routes;
};

// From tables that their schemas have passed. `folder`: what paths are relative to. Problems are appended, one each.
QueueConfig readQueue(const Node& root, const std::string& folder, std::vector<std::string>* problems);
std::vector<RouteConfig> readRoutes(const Node& table, std::vector<std::string>* problems);
// Routes must lead to transports that exist.
void checkRoutes(const std::vector<RouteConfig>& routes, const QueueConfig& queue, std::vector<std::string>* problems);

}  // namespace posthouse::config
