// Process one: starts the worker, which is the server, and starts it again when it dies. Loads no plugin, reads no
// mail. It ends when the worker was asked to end, could not start the first time, or died too often in a row. Threads:
// none but the one that calls.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/listening.hpp"

namespace posthouse::app {

struct ServeOptions {
  std::string configFile;
  bool noLimits = false;
  bool mayBeRoot = false;  // the worker stays root when root starts it and the configuration names no `user`
  // The server listens for the first time.
  std::function<void(const std::vector<Listening>&)> ready = [](const auto&) {};
};

// Answers the exit code. Call before any thread exists.
int superviseWorker(const ServeOptions& options);

}  // namespace posthouse::app
