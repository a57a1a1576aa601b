// What handlers may use of the running server. Made once, before the first request; everything in it may be used from
// any thread. What a test does not need stays empty.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ph/result.hpp"

namespace posthouse::config {
struct ServerConfig;
}
namespace posthouse::accounts {
class Accounts;
class SecondFactor;
}  // namespace posthouse::accounts
namespace posthouse::plugin {
class DomainRecords;
class PluginHost;
}  // namespace posthouse::plugin
namespace posthouse::commands {
class Commands;
class Pages;
}  // namespace posthouse::commands
namespace posthouse::web {
class Sessions;
}
namespace posthouse::queue {
class Queue;
}
namespace posthouse::store {
class Store;
}

namespace posthouse::net {
class Limits;
class Roster;
}  // namespace posthouse::net
namespace posthouse::trace {
class Trace;
}

namespace posthouse::admin {

class Audit;
class Changes;
class Tokens;

struct Core {
  struct Listening {
    std::string name, protocol, tls;
    std::vector<std::string> addresses;
    std::string problem;
  };

  // The configuration in force.
  std::function<std::shared_ptr<const config::ServerConfig>()> config;
  accounts::Accounts* accounts = nullptr;
  accounts::SecondFactor* secondFactor = nullptr;
  web::Sessions* sessions = nullptr;
  plugin::PluginHost* plugins = nullptr;
  commands::Commands* commands = nullptr;
  const plugin::DomainRecords* domainRecords = nullptr;
  commands::Pages* pages = nullptr;
  queue::Queue* queue = nullptr;
  store::Store* store = nullptr;
  trace::Trace* trace = nullptr;  // histories may not be kept
  net::Limits* limits = nullptr;
  const net::Roster* roster = nullptr;
  // Without a goodbye. False: it is gone already.
  std::function<bool(uint64_t id)> endConnection;
  Changes* changes = nullptr;
  Tokens* tokens = nullptr;
  const Audit* audit = nullptr;
  std::function<std::vector<Listening>()> listening;
  // Like SIGHUP; returns when it is over. An error: the old configuration stays in force.
  std::function<ph::Status()> reload;
  // What reload() would refuse for sure, without doing anything.
  std::function<ph::Status(const config::ServerConfig&)> check;
  // Ends the server soon.
  std::function<void()> stop;
  int64_t started = 0;  // Unix seconds
};

}  // namespace posthouse::admin
