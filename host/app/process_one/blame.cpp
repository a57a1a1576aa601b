#include "app/process_one/blame.hpp"

#include <algorithm>

namespace posthouse::app {

void Blame::crashed(const std::string& plugin, Clock::time_point now) {
  if (!crashes_.contains(plugin) && crashes_.size() >= kMaxPlugins) return;
  auto& times = crashes_[plugin];
  if (times.size() >= kCrashes) return;
  std::erase_if(times, [&](const auto& t) { return now - t > kPeriod; });
  times.push_back(now);
}

std::vector<std::string> Blame::quarantined() const {
  std::vector<std::string> out;
  for (const auto& [plugin, times] : crashes_) {
    if (times.size() >= kCrashes) out.push_back(plugin);
  }
  return out;
}

}  // namespace posthouse::app
