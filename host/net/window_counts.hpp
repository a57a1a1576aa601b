// How often something happened per network in fixed windows of time.
// Guarantees: bounded memory; when it is full those who were counted least are forgotten, so that a crowd of strangers
// can't make it forget the ones near their limit. Threads: one at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include "net/network.hpp"

namespace posthouse::net {

class WindowCounts {
 public:
  using Time = std::chrono::steady_clock::time_point;

  WindowCounts(std::chrono::seconds window, size_t maxEntries) : window_(window), maxEntries_(maxEntries) {}

  uint32_t count(const Network& who, Time now);
  void add(const Network& who, Time now);
  void forget(const Network& who) { counts_.erase(who); }
  // Of the window of now.
  const std::unordered_map<Network, uint32_t, NetworkHash>& all(Time now);
  size_t size() const { return counts_.size(); }

 private:
  void turn(Time now);
  void makeRoom();

  const std::chrono::seconds window_;
  const size_t maxEntries_;
  std::chrono::steady_clock::rep current_ = -1;
  std::unordered_map<Network, uint32_t, NetworkHash> counts_;
};

}  // namespace posthouse::net
