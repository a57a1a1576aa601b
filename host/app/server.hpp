// The running server: builds everything in order, reloads on request, stops without losing anything.
// Threads: one at a time (the main thread).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "admin/core.hpp"
#include "app/errands.hpp"
#include "app/listening.hpp"
#include "app/process_one/client.hpp"
#include "config/server.hpp"
#include "ph/result.hpp"

namespace posthouse::app {

class Server {
 public:
  // `processOne` must outlive it.
  Server(config::ServerConfig config, const ProcessOne& processOne);
  ~Server();  // stops

  ph::Status start();
  // Reads the configuration anew and follows it: log, domains, accounts, certificates, plugins switched and configured,
  // listeners. When anything is refused the old configuration stays in force as a whole. Process one is told.
  ph::Status reload();
  void stop();
  // After stop(): calls into a plugin are still running. The process must end without destroying anything.
  bool abandoned() const { return abandoned_; }

  const std::vector<Listening>& listening() const { return listening_; }
  // What requests of administration leave to the main thread.
  Errands& errands() { return errands_; }

  // Where plugins lie when the configuration does not say: beside the program.
  static std::string pluginFolder(const config::ServerConfig& config);
  // The key of the connection ids that clients see.
  static std::string publicIdKey(const config::ServerConfig& config);

 private:
  struct Parts;
  ph::Status openWeb();
  ph::Status openMetrics();
  ph::Status follow();
  void publish();
  admin::Core adminCore();
  config::ServerConfig config_;
  const ProcessOne& processOne_;
  std::unique_ptr<Parts> parts_;
  std::vector<Listening> listening_;
  bool abandoned_ = false;
  Errands errands_;
};

// Sets level, file and format of the log.
ph::Status applyLog(const config::ServerConfig& config);

}  // namespace posthouse::app
