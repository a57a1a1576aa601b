#include "app/process_one/restarts.hpp"

#include <algorithm>

namespace posthouse::app {

std::optional<std::chrono::milliseconds> Restarts::died(Clock::duration served) {
  if (served >= kSteady) inRow_ = 0;
  if (++inRow_ >= kMaxInRow) return std::nullopt;
  if (inRow_ == 1) return std::chrono::milliseconds(0);
  return std::min(kMaxWait, kFirstWait * (1 << (inRow_ - 2)));
}

}  // namespace posthouse::app
