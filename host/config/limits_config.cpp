#include "config/limits_config.hpp"

namespace posthouse::config {
namespace {

void read(const Node& table, const char* key, LimitPerClass* out, std::vector<std::string>* problems) {
  const Node* n = table.find(key);
  if (!n) return;
  if (n->list.size() != out->size()) {
    problems->push_back(n->at.text() + ": '" + key + "' must be three numbers: for a single address (IPv6: /64), for " +
                        "its neighbourhood and for the wide one");
    return;
  }
  for (size_t i = 0; i < out->size(); ++i) (*out)[i] = static_cast<uint32_t>(n->list[i].integer);
}

}  // namespace

ConnectionLimitsConfig readConnectionLimits(const Node& table, ConnectionLimitsConfig fallback,
                                            std::vector<std::string>* problems) {
  read(table, "connections_per_minute", &fallback.perMinute, problems);
  read(table, "connections", &fallback.open, problems);
  return fallback;
}

LimitsConfig readLimits(const Node& table, std::vector<std::string>* problems) {
  LimitsConfig out;
  out.at = table.at;
  out.connections = readConnectionLimits(table, {}, problems);
  read(table, "login_failures_per_minute", &out.loginFailuresPerMinute, problems);
  read(table, "login_failures_per_day", &out.loginFailuresPerDay, problems);
  out.accountConnections = static_cast<uint32_t>(table.intAt("account_connections"));
  out.openAccounts = static_cast<uint32_t>(table.intAt("open_accounts", 512));
  out.exempt = table.listAt("exempt");
  out.trustedProxies = table.listAt("trusted_proxies");
  return out;
}

}  // namespace posthouse::config
