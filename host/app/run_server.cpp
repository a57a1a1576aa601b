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

int runServer(config::ServerConfig config, const std::function<void(const Server&)>& ready) {
  prepareProcess();
  blockSignals();
  static const log::Log kLog("server");
  Server server(std::move(config));
  if (auto s = server.start(); !s) {
    std::cerr << "posthouse: " << s.error().text << "\n";
    return end(server, kFailed);
  }
  ready(server);
  notifySystemd("READY=1");
  for (;;) {
    const int signal = waitForSignal();
    if (signal == SIGHUP) {
      notifySystemd("RELOADING=1");
      if (auto s = server.reload(); !s)
        kLog.error("the old configuration stays in force", {{"reason", s.error().text}});
      notifySystemd("READY=1");
    } else if (signal != SIGUSR1) {
      break;
    }
  }
  notifySystemd("STOPPING=1");
  return end(server, kOk);
}

}  // namespace posthouse::app
