// How far long work is, for whoever waits for it.
#pragma once

#include <cstdint>
#include <functional>

namespace posthouse {

struct Progress {
  uint64_t done = 0;
  uint64_t total = 0;  // 0: not known
  const char* unit = "messages";
};

// Called by who works, on its thread, as often as it likes. False: nobody waits any more, it may stop.
using TellProgress = std::function<bool(const Progress&)>;

}  // namespace posthouse
