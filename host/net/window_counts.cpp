#include "net/window_counts.hpp"

namespace posthouse::net {

void WindowCounts::turn(Time now) {
  const auto window = now.time_since_epoch() / window_;
  if (window == current_) return;
  current_ = window;
  counts_.clear();
}

uint32_t WindowCounts::count(const Network& who, Time now) {
  turn(now);
  const auto i = counts_.find(who);
  return i == counts_.end() ? 0 : i->second;
}

void WindowCounts::add(const Network& who, Time now) {
  turn(now);
  auto i = counts_.find(who);
  if (i == counts_.end()) {
    if (counts_.size() >= maxEntries_) makeRoom();
    i = counts_.emplace(who, 0).first;
  }
  if (i->second < UINT32_MAX) ++i->second;
}

// Half of it at once, so that a flood of new ones pays for the search only now and then.
void WindowCounts::makeRoom() {
  for (uint32_t least = 1; counts_.size() > maxEntries_ / 2; least *= 2) {
    std::erase_if(counts_, [least](const auto& e) { return e.second <= least; });
    if (least > UINT32_MAX / 2) break;
  }
}

const std::unordered_map<Network, uint32_t, NetworkHash>& WindowCounts::all(Time now) {
  turn(now);
  return counts_;
}

}  // namespace posthouse::net
