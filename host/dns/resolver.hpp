// The domain name system, asked: special names, cache, one lookup per question however many wait for it, limits.
//
// Guarantees: every accepted question is answered exactly once, not after its time, also when the resolver ends. An
// answer from resolvers that are no longer configured is not kept. No thread waits for a server.
// Threads: all from any thread. `then` runs on the caller, an engine worker or a thread of the pool, without a lock; it
// must not block.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "dns/settings.hpp"
#include "dns/types.hpp"
#include "ph/result.hpp"

namespace posthouse::jobs {
class Pool;
class Timers;
}  // namespace posthouse::jobs

namespace posthouse::dns {

class Resolver {
 public:
  // `ttl`: seconds the answer is still good.
  using Then = std::function<void(const Answer&, uint32_t ttl)>;

  // `pool`: for answers to those whose time is over; nothing in it may wait for an answer. All three must outlive it;
  // what is on its way may end later.
  Resolver(net::Engine& engine, jobs::Timers& timers, jobs::Pool& pool, Settings settings);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // Follows a change of the configuration; forgets what it knows when other servers are to be asked.
  void set(Settings settings);

  // `within` 0: as long as a lookup takes at most. `asker`: whose questions are counted together.
  // For PTR `name` may be an IP address. Invalid: no name; Limit: too many wait.
  ph::Status query(std::string_view name, Type type, std::chrono::milliseconds within, const void* asker, Then then);
  // Answers all that `asker` waits for: a temporary failure.
  void cancel(const void* asker);

  size_t waiting() const;
  size_t cached() const;

 private:
  struct Impl;
  const std::shared_ptr<Impl> impl_;
};

}  // namespace posthouse::dns
