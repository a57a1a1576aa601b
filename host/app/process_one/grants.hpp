// What process one does for the worker: it holds the listening sockets and opens files that only root may read.
// Guarantees: nothing that the configuration file, as process one reads it itself, does not name. A socket stays open,
// and its backlog with it, from one worker to the next. Threads: one.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "app/process_one/identity.hpp"
#include "base/descriptor.hpp"
#include "config/server.hpp"
#include "net/listen_socket.hpp"

namespace posthouse::app {

class Grants {
 public:
  Grants(std::string configFile, const Identity& worker) : file_(std::move(configFile)), worker_(worker) {}

  // The configuration is read anew before the next grant.
  void forgetConfiguration() { config_.reset(); }
  // A worker begins: nothing is its own yet.
  void begin();
  // The worker listens on what it wants to: what it did not ask for since begin(), or has shut down, is closed.
  void settle();

  // A socket listening on an address of `listener` (empty: the metrics'). It stays ours.
  ph::Result<int> socket(const std::string& listener, const std::string& address);
  // A certificate or key, open for reading.
  ph::Result<Descriptor> file(const std::string& path);

 private:
  struct Held {
    net::ListenSocket socket;
    bool asked = false;
  };
  ph::Status readConfiguration();
  bool names(const std::string& listener, const std::string& address) const;

  const std::string file_;
  const Identity& worker_;
  std::optional<config::ServerConfig> config_;
  std::map<std::string, Held> held_;
};

// Reads the configuration of a server that root starts; Denied when others than root could change what it says.
ph::Result<config::ServerConfig> loadTrusted(const std::string& file, const Identity& worker);

}  // namespace posthouse::app
