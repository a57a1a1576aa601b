#include "app/run_server.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "app/command.hpp"
#include "app/process.hpp"

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
  Server server(std::move(config), processOne);
  if (auto s = server.start(); !s) {
    std::cerr << "posthouse: " << s.error().text << "\n";
    return end(server, kFailed);
  }
  processOne.ready(server.listening());
  for (;;) {
    const int signal = waitForSignal();
    if (signal == SIGHUP) {
      (void)server.reload();  // it has said how that ended
    } else if (signal == SIGUSR1) {
      server.errands().carryOut();
    } else {
      break;
    }
  }
  processOne.stopping();
  return end(server, kOk);
}

}  // namespace posthouse::app
