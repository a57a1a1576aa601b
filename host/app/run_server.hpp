// The worker's main loop: runs a server until a signal ends it: SIGHUP reloads, SIGTERM and SIGINT stop.
#pragma once

#include "app/process_one/client.hpp"
#include "app/server.hpp"

namespace posthouse::app {

// Answers the exit code.
int runServer(config::ServerConfig config, const ProcessOne& processOne);

}  // namespace posthouse::app
