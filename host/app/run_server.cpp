#include "app/run_server.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "app/command.hpp"
#include "app/process.hpp"
#include "log/log.hpp"

namespace posthouse::app {

namespace {

// The exit code; what a plugin still uses must not be destroyed on the way out.
int end(Server& server, int code) {
  server.stop();
  if (server.abandoned()) {
    std::fflush(nullptr);
    std::_Exit(code);
  }
  return code;
}

}  // namespace

int runServer(config::ServerConfig config, const ProcessOne& processOne) {
  prepareProcess();
  blockSignals();
  static const log::Log kLog("server");
  Server server(std::move(config), processOne);
  if (auto s = server.start(); !s) {
    std::cerr << "posthouse: " << s.error().text << "\n";
    return end(server, kFailed);
  }
  processOne.ready(server.listening());
  for (;;) {
    const int signal = waitForSignal();
    if (signal == SIGHUP) {
      processOne.reloading();
      if (auto s = server.reload(); !s)
        kLog.error("the old configuration stays in force", {{"reason", s.error().text}});
      processOne.ready(server.listening());
    } else if (signal != SIGUSR1) {
      break;
    }
  }
  processOne.stopping();
  return end(server, kOk);
}

}  // namespace posthouse::app
