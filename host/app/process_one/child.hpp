// Starts the worker: this program again, in a fresh address space, with fewer rights.
// Guarantees: the worker has standard input, output and error, the channel as descriptor 3 and nothing else; it is
// killed when the process that started it ends, whatever way. Threads: only while there is but one.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "app/process_one/identity.hpp"
#include "ph/result.hpp"

namespace posthouse::app {

inline constexpr int kChannelFd = 3;
// Exit codes of a child that could not become the worker.
inline constexpr int kNotExecuted = 127;

// `arguments`: what follows the program's name.
ph::Result<pid_t> startWorker(const Identity& identity, int channel, const std::vector<std::string>& arguments);

}  // namespace posthouse::app
