// The resolvers that are asked, and how they did lately. Their list never changes: a new list is a new object.
// Threads: all from any thread.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "net/address.hpp"

namespace posthouse::dns {

struct Server {
  net::Address address;
  // It validates, and nobody between it and us can change its answers: its AD bit counts (RFC 4035 4.9.3).
  bool trusted = false;
};

bool isLoopback(const net::Address& address);

class Servers {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit Servers(std::vector<Server> all) : health_(all.size()), all_(std::move(all)) {}

  const std::vector<Server>& all() const { return all_; }
  // Whom to ask one after the other: as configured, but those that failed lately last.
  std::vector<size_t> order(Time now) const;
  void succeeded(size_t server);
  // Seconds out of the first rank, twice as many for each further failure.
  void failed(size_t server, Time now);

 private:
  struct Health {
    unsigned failures = 0;
    Time lastUntil{};
  };
  mutable std::mutex mutex_;
  std::vector<Health> health_;
  const std::vector<Server> all_;
};

}  // namespace posthouse::dns
