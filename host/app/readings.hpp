// Numbers that the parts of the server keep anyway, read when the metrics are asked for.
#pragma once

#include <list>

#include "jobs/pool.hpp"
#include "metrics/metrics.hpp"

namespace posthouse::dns {
class Resolver;
}
namespace posthouse::queue {
class Queue;
}

namespace posthouse::app {

class Readings {
 public:
  struct Pools {
    const jobs::Pool &hook, &disk, &crypto;
  };
  // What it is given must outlive it.
  Readings(Pools pools, const queue::Queue& queue, const dns::Resolver& dns, uint64_t workerRestarts);

 private:
  void add(const char* name, const char* help, std::function<double()> read);
  std::list<metrics::Reading> all_;
};

}  // namespace posthouse::app
