// A resolver over real sockets, and servers that say what a test wants.
#pragma once

#include <cppunit/extensions/HelperMacros.h>

#include <future>

#include "dns/resolver.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "lying_server.hpp"
#include "packet.hpp"

namespace posthouse::dns::test {

using namespace std::chrono_literals;
using namespace std::string_literals;
using Asked = LyingServer::Asked;
using Clock = std::chrono::steady_clock;

inline const std::string kGood("\xc0\0\2\1", 4);        // 192.0.2.1
inline const std::string kForged("\xc6\x33\x64\1", 4);  // 198.51.100.1

// What was asked for, by the query.
inline std::string asking(const std::string& query) {
  return *textName(query.substr(12, query.find('\0', 12) - 11));
}

inline std::string address(const std::string& query, const std::string& ip = kGood, uint32_t ttl = 60) {
  Parts p;
  p.ad = true;
  p.answer(record(asking(query), Type::A, ttl, ip));
  return reply(query, p);
}

inline std::string failure(const std::string& query, unsigned rcode, int extended = -1) {
  Parts p;
  p.rcode = rcode;
  if (extended >= 0) p.more(opt(static_cast<unsigned>(extended), "because"));
  return reply(query, p);
}

inline void answerRight(const Asked& a) {
  a.answer(address(a.query));
}
inline void saysNothing(const Asked&) {}

class ResolverFixture : public CppUnit::TestFixture {
 public:
  void setUp() override {
    settings_ = {};
    settings_.system = false;
    settings_.patience = {300ms, 600ms};
    settings_.lifetime = 2000ms;
  }

 protected:
  void make() {
    resolver_.reset();
    resolver_ = std::make_unique<Resolver>(engine_, timers_, pool_, settings_);
  }
  void use(std::vector<LyingServer*> servers) {
    settings_.resolvers.clear();
    for (const auto* s : servers) settings_.resolvers.push_back(s->address());
    make();
  }

  std::future<Answer> begin(const std::string& name, const void* asker = nullptr, Type type = Type::A,
                            std::chrono::milliseconds within = {}) {
    const auto promise = std::make_shared<std::promise<Answer>>();
    const auto s = resolver_->query(name, type, within, asker, [promise](const Answer& a, uint32_t ttl) {
      Answer copy = a;
      copy.ttl = ttl;
      promise->set_value(std::move(copy));
    });
    CPPUNIT_ASSERT_MESSAGE(s ? "" : s.error().text, s.ok());
    return promise->get_future();
  }
  Answer ask(const std::string& name, Type type = Type::A, std::chrono::milliseconds within = {}) {
    return begin(name, nullptr, type, within).get();
  }

  posthouse::net::Engine engine_{2, 8};
  posthouse::jobs::Timers timers_;
  posthouse::jobs::Pool pool_{"answers", 2, 100};
  Settings settings_;
  std::unique_ptr<Resolver> resolver_;
};

}  // namespace posthouse::dns::test
