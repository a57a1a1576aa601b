// The whole configuration of a server: posthouse.toml and the folders domains/ and accounts/ beside it.
// Relative paths are relative to the folder of posthouse.toml. A value type, read-only after loading.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/account_config.hpp"
#include "config/limits_config.hpp"
#include "config/node.hpp"
#include "config/queue_config.hpp"

namespace posthouse::config {

struct ListenerConfig {
  std::string name;
  std::vector<std::string> addresses;  // "127.0.0.1:25"
  std::string protocol;
  std::string tls;  // "none", "starttls", "implicit"
  bool plaintextLogin = false;
  bool clientCertificates = true;
  int64_t maxConnections = 0;
  ConnectionLimitsConfig limits;
  bool proxyProtocol = false;
  std::vector<std::string> trustedProxies;
  std::string forwarded = "none";
  Position at;
};

struct CertificateConfig {
  std::vector<std::string> names;
  std::string certificate;
  std::string key;
  Position at;
};

struct PluginConfig {
  bool enabled = true;
  bool essential = false;
  Node options;  // what the plugin's own schema judges
  Position at;
};

// An address that stands for several others of this server.
struct AliasConfig {
  std::string localpart;
  std::vector<std::string> members;  // addresses of accounts
  bool anyoneMayPost = false;        // else only members
  bool listMembers = false;          // members may see each other
  bool membersMaySendAs = false;
  Position at;
};

struct DomainConfig {
  std::string name;  // A-labels
  bool disabled = false;
  bool caseSensitive = false;
  std::string separators;  // what follows one of these characters in a local part does not count
  std::string catchall;    // account, or empty
  std::vector<AliasConfig> aliases;
  std::vector<RouteConfig> routes;
  Position at;
};

// [dns]: who answers questions to the domain name system.
struct DnsConfig {
  bool system = true;                  // those of /etc/resolv.conf; false: `resolvers`, maybe none
  std::vector<std::string> resolvers;  // "127.0.0.1:53"
  std::vector<std::string> trusted;    // networks
  Position at;
};

struct ServerConfig {
  std::string file;
  std::string folder;
  std::string user;  // who the server is when root starts it; empty: not started by root
  std::string group;
  std::string hostname;
  std::string dataDir;
  std::string pluginDir;  // empty: beside the program
  std::string logLevel;
  std::map<std::string, std::string> logModules;
  std::string logFile;
  std::string logFormat;
  uint64_t historyBytes = 0;    // kept in data/trace; 0: none
  bool homePage = false;        // testing only
  std::string catchEverything;  // account that gets mail for every address; testing only
  std::string postmaster;       // account
  int64_t reserveBytes = 0;
  int64_t memoryBytes = 0;  // for the buffers of connections and messages coming in
  LimitsConfig limits;
  QueueConfig queue;
  DnsConfig dns;
  std::string metricsAddress;  // empty: none
  std::string controlSocket;   // empty: none
  uint64_t quota = 0;          // of accounts that say nothing about it; 0: none
  int64_t keepRemoved = 0;     // seconds, likewise
  std::vector<ListenerConfig> listeners;
  std::vector<CertificateConfig> certificates;
  std::map<std::string, PluginConfig> plugins;
  std::map<std::string, DomainConfig> domains;
  std::map<std::string, AccountConfig> accounts;

  // "data" -> "/folder/data".
  std::string resolve(const std::string& path) const;
};

// Files as they are to be: texts by path, nothing for one that is to go. The others are read.
using Overlay = std::map<std::string, std::optional<std::string>>;

// Everything, or every problem found, one per line: file:line:column: text.
ph::Result<ServerConfig> load(const std::string& file, const Overlay& overlay = {});

// posthouse.toml alone, and of that nothing about plugins.
ph::Result<ServerConfig> loadMain(const std::string& file);

// Account names become folder and file names.
bool validAccountName(std::string_view name);

}  // namespace posthouse::config
