// What the process asks of the kernel before it does anything: limits, signals, no traces of mail in core dumps.
#pragma once

#include <csignal>

namespace posthouse::app {

// umask 077, no core dumps, many descriptors, SIGPIPE ignored. Call before any thread exists.
void prepareProcess();
// Those that waitForSignal hands out.
sigset_t handledSignals();
// Blocks them, and no others. Call before any thread exists: threads inherit it.
void blockSignals();
// The next of SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1.
int waitForSignal();
// Tells systemd (Type=notify) how it goes, as "READY=1". Does nothing elsewhere.
void notifySystemd(const char* state);

}  // namespace posthouse::app
