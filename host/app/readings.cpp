#include "app/readings.hpp"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "base/memory_budget.hpp"
#include "base/version.hpp"
#include "dns/resolver.hpp"
#include "queue/queue.hpp"

namespace posthouse::app {
namespace {

using Sample = metrics::Reading::Sample;

double residentBytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double openDescriptors() {
  std::error_code ec;
  double n = 0;
  for (std::filesystem::directory_iterator i("/proc/self/fd", ec), end; !ec && i != end; i.increment(ec)) ++n;
  return n > 0 ? n - 1 : 0;  // without the one that looks
}

std::vector<Sample> perPool(const Readings::Pools& p, size_t (jobs::Pool::*what)() const) {
  return {{{{"pool", "hook"}}, static_cast<double>((p.hook.*what)())},
          {{{"pool", "disk"}}, static_cast<double>((p.disk.*what)())},
          {{{"pool", "crypto"}}, static_cast<double>((p.crypto.*what)())}};
}

}  // namespace

void Readings::add(const char* name, const char* help, std::function<double()> read) {
  all_.emplace_back(name, help, [read = std::move(read)]() -> std::vector<Sample> { return {{{}, read()}}; });
}

Readings::Readings(Pools pools, const queue::Queue& queue, const dns::Resolver& dns, uint64_t workerRestarts) {
  all_.emplace_back("posthouse_pool_waiting", "Tasks that wait for a thread.",
                    [pools] { return perPool(pools, &jobs::Pool::waiting); });
  all_.emplace_back("posthouse_pool_threads", "Threads of a pool.",
                    [pools] { return perPool(pools, &jobs::Pool::threads); });
  all_.emplace_back("posthouse_build_info", "Always 1; its labels say what runs.", []() -> std::vector<Sample> {
    return {{{{"version", kVersion}}, 1}};
  });
  add("posthouse_queue_messages", "Messages in the queue.", [&queue] { return static_cast<double>(queue.size()); });
  add("posthouse_dns_waiting", "Questions that wait for an answer.",
      [&dns] { return static_cast<double>(dns.waiting()); });
  add("posthouse_dns_cached", "Answers in the cache.", [&dns] { return static_cast<double>(dns.cached()); });
  add("posthouse_memory_used_bytes", "What connections and incoming messages hold.",
      [] { return static_cast<double>(MemoryBudget::get().used()); });
  add("posthouse_memory_limit_bytes", "What they may hold.",
      [] { return static_cast<double>(MemoryBudget::get().limit()); });
  add("posthouse_worker_restarts", "How often process one had to start another worker.",
      [workerRestarts] { return static_cast<double>(workerRestarts); });
  add("process_resident_memory_bytes", "Resident memory.", residentBytes);
  add("process_open_fds", "Open file descriptors.", openDescriptors);
  const double started = static_cast<double>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count());
  add("process_start_time_seconds", "When it started, since 1970.", [started] { return started / 1000; });
}

}  // namespace posthouse::app
