// Runs a prepared server until a signal ends it: SIGHUP reloads, SIGTERM and SIGINT stop.
#pragma once

#include <functional>

#include "app/server.hpp"

namespace posthouse::app {

// `ready` is called when everything listens. Answers the exit code.
int runServer(config::ServerConfig config, const std::function<void(const Server&)>& ready);

}  // namespace posthouse::app
