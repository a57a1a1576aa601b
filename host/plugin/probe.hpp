// Trying a plugin's shared object in a process of its own first: one that crashes, ends the process or hangs while it
// is loaded then does it there. Threads: any.
#pragma once

#include <chrono>
#include <string>

#include "ph/result.hpp"

namespace posthouse::plugin {

// The exit code of a probe that could not load the file; why is then seen again, and told, by who loads it.
inline constexpr int kProbeNotLoaded = 10;

// In the process of its own: loads the file and asks for its descriptor. An error when that is refused politely.
ph::Status loadForProbe(const std::string& file);

// Runs `program` plugin probe `file`. An error when that process does not end well within `patience`.
ph::Status probe(const std::string& program, const std::string& file,
                 std::chrono::milliseconds patience = std::chrono::seconds(10));

}  // namespace posthouse::plugin
