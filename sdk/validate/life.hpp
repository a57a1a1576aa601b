// Runs a plugin through its life on the fake host.
#pragma once

#include <functional>
#include <string>

#include "validate/json.hpp"
#include "validate/options.hpp"

namespace ph::validate {

// Told of everything that is wrong.
using Problem = std::function<void(const std::string&)>;

struct Subject {
  std::string file;
  Json manifest;
  Settings settings;
};

// Start, new options, one session of each protocol, one call of each hook, an event, drain, stop: `cycles` times, and
// once without each interface that the plugin only `uses`. Afterwards nothing may be left: handles, threads, files,
// memory that grows with every cycle.
void liveAndDie(const Subject& subject, int cycles, const Problem& problem);

}  // namespace ph::validate
