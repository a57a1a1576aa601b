// [limits]: what one network and one account may ask of the server. Threads: a value type, read-only after loading.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "config/node.hpp"

namespace posthouse::config {

// Of the networks around one address, narrowest first: IPv4 /32, /26, /21; IPv6 /64, /48, /32. 0: no limit.
using LimitPerClass = std::array<uint32_t, 3>;

struct ConnectionLimitsConfig {
  LimitPerClass perMinute{};
  LimitPerClass open{};
};

struct LimitsConfig {
  bool enabled = true;  // false: the command line says --no-limits
  ConnectionLimitsConfig connections;
  LimitPerClass loginFailuresPerMinute{};
  LimitPerClass loginFailuresPerDay{};
  uint32_t accountConnections = 0;
  uint32_t openAccounts = 0;
  std::vector<std::string> exempt;  // networks, "10.0.0.0/8"
  std::vector<std::string> trustedProxies;
  Position at;
};

// From a table that its schema has passed. Problems are appended, one per line.
LimitsConfig readLimits(const Node& table, std::vector<std::string>* problems);
// What a listener says of its own; the rest is the server's.
ConnectionLimitsConfig readConnectionLimits(const Node& table, ConnectionLimitsConfig fallback,
                                            std::vector<std::string>* problems);

}  // namespace posthouse::config
