// What the host offers to plugins, gathered for the C tables. Owned by the App; lives longer than any plugin.
#pragma once

#include <functional>
#include <string>

namespace posthouse::net {
class Engine;
class Certificates;
}  // namespace posthouse::net
namespace posthouse::jobs {
class Pool;
class Timers;
}  // namespace posthouse::jobs
namespace posthouse::accounts {
class Accounts;
}
namespace posthouse::store {
class Store;
}
namespace posthouse::queue {
class Queue;
}
namespace posthouse::events {
class EventLog;
}
namespace posthouse::dns {
class Resolver;
}
namespace posthouse::mx {
class Policies;
}
namespace posthouse::signing {
class Signers;
}
namespace posthouse::http {
class Server;
}
namespace posthouse::commands {
class Commands;
class Pages;
}  // namespace posthouse::commands
namespace posthouse::pipeline {
class Hooks;
class Delivery;
}  // namespace posthouse::pipeline

namespace posthouse::plugin {

class Services;
class PluginData;
class DomainRecords;

struct Core {
  std::string hostname;
  std::string tmpFolder;
  net::Engine* engine = nullptr;
  net::Certificates* certificates = nullptr;
  jobs::Pool* hookPool = nullptr;
  jobs::Pool* diskPool = nullptr;
  jobs::Pool* cryptoPool = nullptr;
  jobs::Timers* timers = nullptr;
  accounts::Accounts* accounts = nullptr;
  store::Store* store = nullptr;
  queue::Queue* queue = nullptr;
  events::EventLog* events = nullptr;
  pipeline::Hooks* hooks = nullptr;
  pipeline::Delivery* delivery = nullptr;
  Services* services = nullptr;
  dns::Resolver* dns = nullptr;
  mx::Policies* mxPolicies = nullptr;
  http::Server* http = nullptr;
  PluginData* data = nullptr;
  signing::Signers* signers = nullptr;
  DomainRecords* domainRecords = nullptr;
  commands::Commands* commands = nullptr;
  commands::Pages* pages = nullptr;
};

}  // namespace posthouse::plugin
