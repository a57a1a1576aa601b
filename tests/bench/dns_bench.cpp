// Figures of the resolver: dns_bench RESOLVER DOMAIN [NAMES [CLIENTS]] asks nN.DOMAIN, which a wildcard should answer.
// Twice: what the server behind it has to look up is known to it the second time, and only then measured.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>

#include "dns/resolver.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"

using namespace posthouse;
using Clock = std::chrono::steady_clock;

namespace {

double secondsSince(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

bool ask(dns::Resolver& resolver, const std::string& name) {
  const auto found = std::make_shared<std::promise<bool>>();
  const auto s = resolver.query(name, dns::Type::A, {}, nullptr, [found](const dns::Answer& a, uint32_t) {
    found->set_value(a.outcome == dns::Outcome::Found);
  });
  return s && found->get_future().get();
}

}  // namespace

int main(int argc, char** argv) {
  const auto address = argc > 2 ? net::Address::parse(argv[1]) : std::nullopt;
  if (!address) {
    std::fprintf(stderr, "usage: dns_bench RESOLVER DOMAIN [NAMES [CLIENTS]]\n");
    return 2;
  }
  const std::string domain = argv[2];
  const int names = argc > 3 ? std::atoi(argv[3]) : 10000;
  const int clients = argc > 4 ? std::atoi(argv[4]) : 8;
  net::Engine engine(2, 64);
  jobs::Timers timers;
  jobs::Pool pool("dns", 4, 1000);
  dns::Settings settings;
  settings.system = false;
  settings.resolvers = {*address};
  for (const bool measured : {false, true}) {
    dns::Resolver resolver(engine, timers, pool, settings);
    std::atomic<int> next{0}, failed{0};
    const auto begun = Clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) {
      threads.emplace_back([&] {
        for (int n = next++; n < names; n = next++)
          failed += ask(resolver, "n" + std::to_string(n) + "." + domain) ? 0 : 1;
      });
    }
    for (auto& t : threads) t.join();
    if (!measured) continue;
    std::printf("%.0f lookups/s by %d clients, %d of %d failed\n", names / secondsSince(begun), clients, failed.load(),
                names);
    constexpr int kTimes = 1000000;
    const std::string name = "n1." + domain;
    const auto cached = Clock::now();
    for (int i = 0; i < kTimes; ++i)
      (void)resolver.query(name, dns::Type::A, {}, nullptr, [](const dns::Answer&, uint32_t) {});
    std::printf("%.0f ns for a cached answer\n", secondsSince(cached) * 1e9 / kTimes);
  }
  return 0;
}
