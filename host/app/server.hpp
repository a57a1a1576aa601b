// The running server: builds everything in order, reloads on request, stops without losing anything.
// Threads: one at a time (the main thread).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/server.hpp"
#include "ph/result.hpp"

namespace posthouse::app {

class Server {
 public:
  explicit Server(config::ServerConfig config);
  ~Server();  // stops

  ph::Status start();
  // Reads the configuration anew: log files, levels, domains, accounts, certificates, plugin options. When anything is
  // invalid the old configuration stays in force as a whole.
  ph::Status reload();
  void stop();

  struct Listening {
    std::string name;
    std::string protocol;
    std::string tls;
    std::vector<std::string> addresses;  // as bound
    std::string problem;                 // not empty: why nothing listens
  };
  const std::vector<Listening>& listening() const { return listening_; }

  // Where plugins lie when the configuration does not say: beside the program.
  static std::string pluginFolder(const config::ServerConfig& config);
  // The key of the connection ids that clients see.
  static std::string publicIdKey(const config::ServerConfig& config);

 private:
  struct Parts;
  ph::Status openListeners();
  config::ServerConfig config_;
  std::unique_ptr<Parts> parts_;
  std::vector<Listening> listening_;
};

// Sets level, file and format of the log.
ph::Status applyLog(const config::ServerConfig& config);

}  // namespace posthouse::app
