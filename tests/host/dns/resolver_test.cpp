// Which servers are asked and believed, what is kept and for how long, limits and ends.
#include "resolver_fixture.hpp"

#include <dirent.h>

#include <cstdio>
#include <fstream>

using namespace posthouse::dns;
using namespace posthouse::dns::test;

namespace {

using posthouse::net::Address;

size_t threads() {
  size_t n = 0;
  DIR* dir = ::opendir("/proc/self/task");
  while (::readdir(dir)) ++n;
  ::closedir(dir);
  return n;
}

class ResolverTest : public ResolverFixture {
  CPPUNIT_TEST_SUITE(ResolverTest);
  CPPUNIT_TEST(answers);
  CPPUNIT_TEST(shortPatience);
  CPPUNIT_TEST(nextServer);
  CPPUNIT_TEST(inOrder);
  CPPUNIT_TEST(silentServerIsRemembered);
  CPPUNIT_TEST(withoutEdns);
  CPPUNIT_TEST(trust);
  CPPUNIT_TEST(bogusIsFinal);
  CPPUNIT_TEST(untrustedDoesNotFollowTrusted);
  CPPUNIT_TEST(chainOverServers);
  CPPUNIT_TEST(cachedAnswers);
  CPPUNIT_TEST(failuresAreKeptShortly);
  CPPUNIT_TEST(oneLookupForMany);
  CPPUNIT_TEST(limits);
  CPPUNIT_TEST(noThreadWaits);
  CPPUNIT_TEST(cancelled);
  CPPUNIT_TEST(ends);
  CPPUNIT_TEST(noResolvers);
  CPPUNIT_TEST(invalidNames);
  CPPUNIT_TEST(reverseNames);
  CPPUNIT_TEST(otherServersOtherAnswers);
  CPPUNIT_TEST(followsResolvConf);
  CPPUNIT_TEST_SUITE_END();

 public:
  void answers() {
    LyingServer s(answerRight);
    use({&s});
    const Answer a = ask("Host.Example");
    CPPUNIT_ASSERT(a.outcome == Outcome::Found && a.security == Security::Secure);
    CPPUNIT_ASSERT_EQUAL("192.0.2.1"s, a.records.at(0).value);
    CPPUNIT_ASSERT_EQUAL("host.example"s, a.name);
  }

  void shortPatience() {
    LyingServer s(saysNothing);
    use({&s});
    const auto begun = Clock::now();
    const Answer a = ask("host.example", Type::A, 100ms);
    CPPUNIT_ASSERT_EQUAL("no answer in time"s, a.text);
    CPPUNIT_ASSERT(Clock::now() - begun < 1500ms);
    CPPUNIT_ASSERT_EQUAL(size_t{0}, resolver_->waiting());
  }

  void nextServer() {
    for (const unsigned rcode : {2u, 5u, 9u}) {
      LyingServer first([rcode](const Asked& a) { a.answer(failure(a.query, rcode)); });
      LyingServer second(answerRight);
      use({&first, &second});
      CPPUNIT_ASSERT(ask("host.example").outcome == Outcome::Found);
      CPPUNIT_ASSERT_EQUAL(1, first.asked());
    }
    LyingServer first([](const Asked& a) { a.answer(failure(a.query, 2, 22)); });
    LyingServer second([](const Asked& a) { a.answer(failure(a.query, 5)); });
    use({&first, &second});
    const Answer a = ask("host.example");
    CPPUNIT_ASSERT(a.outcome == Outcome::Temporary && a.security == Security::Indeterminate);
    CPPUNIT_ASSERT_MESSAGE(a.text, a.text.find("REFUSED") != std::string::npos);
  }

  void inOrder() {
    LyingServer refusing([](const Asked& a) { a.answer(failure(a.query, 5)); });
    LyingServer good(answerRight);
    LyingServer last(answerRight);
    use({&refusing, &good, &last});
    CPPUNIT_ASSERT(ask("host.example").outcome == Outcome::Found);
    CPPUNIT_ASSERT_EQUAL(1, good.asked());
    CPPUNIT_ASSERT_EQUAL(0, last.asked());
  }

  void silentServerIsRemembered() {
    LyingServer silent(saysNothing);
    LyingServer good(answerRight);
    use({&silent, &good});
    CPPUNIT_ASSERT(ask("a.example").outcome == Outcome::Found);
    CPPUNIT_ASSERT(ask("b.example").outcome == Outcome::Found);
    CPPUNIT_ASSERT_EQUAL(1, silent.asked());
    CPPUNIT_ASSERT_EQUAL(2, good.asked());
  }

  void withoutEdns() {
    for (const unsigned rcode : {1u, 4u}) {
      LyingServer s([rcode](const Asked& a) {
        const bool edns = a.query[11] == 1;
        a.answer(edns ? failure(a.query, rcode) : address(a.query));
      });
      use({&s});
      CPPUNIT_ASSERT(ask("host.example").outcome == Outcome::Found);
      CPPUNIT_ASSERT_EQUAL(2, s.asked());
    }
    // The same server again, not the next one.
    LyingServer old([](const Asked& a) { a.answer(a.query[11] == 1 ? failure(a.query, 1) : address(a.query)); });
    LyingServer other(answerRight);
    use({&old, &other});
    CPPUNIT_ASSERT(ask("host.example").outcome == Outcome::Found);
    CPPUNIT_ASSERT_EQUAL(0, other.asked());
    LyingServer never([](const Asked& a) { a.answer(failure(a.query, 1)); });
    use({&never});
    CPPUNIT_ASSERT(ask("host.example").outcome == Outcome::Temporary);
    CPPUNIT_ASSERT_EQUAL(2, never.asked());
  }

  void trust() {
    LyingServer plain([](const Asked& a) {
      Parts p;
      p.answer(record(asking(a.query), Type::A, 60, kGood));
      a.answer(reply(a.query, p));
    });
    use({&plain});
    CPPUNIT_ASSERT(ask("host.example").security == Security::Insecure);
    // RFC 6698 and others: NXDOMAIN can be secure too.
    LyingServer none([](const Asked& a) {
      Parts p;
      p.rcode = 3;
      p.ad = true;
      p.server(soa("example", 60, 60));
      a.answer(reply(a.query, p));
    });
    use({&none});
    const Answer a = ask("host.example");
    CPPUNIT_ASSERT(a.outcome == Outcome::NoName && a.security == Security::Secure);
  }

  void bogusIsFinal() {
    LyingServer validating([](const Asked& a) { a.answer(failure(a.query, 2, 6)); });
    LyingServer other(answerRight);
    use({&validating, &other});
    const Answer a = ask("host.example");
    CPPUNIT_ASSERT(a.outcome == Outcome::Temporary && a.security == Security::Bogus && a.records.empty());
    CPPUNIT_ASSERT_MESSAGE(a.text, a.text.find("DNSSEC bogus: because") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(0, other.asked());
  }

  void untrustedDoesNotFollowTrusted() {
    // On loopback all are trusted: this one is asked in vain, on a network that does not exist.
    LyingServer validating([](const Asked& a) { a.answer(failure(a.query, 2)); });
    settings_.resolvers = {validating.address(), *Address::parse("192.0.2.53:53")};
    make();
    const auto begun = Clock::now();
    const Answer a = ask("host.example");
    CPPUNIT_ASSERT_MESSAGE(a.text, a.text.find("SERVFAIL") != std::string::npos);
    CPPUNIT_ASSERT(Clock::now() - begun < 250ms * 6);
  }

  // A server that gives one alias at a time.
  void chainOverServers() {
    LyingServer s([](const Asked& a) {
      const std::string asked = asking(a.query);
      const int n = std::atoi(asked.substr(1).c_str());
      Parts p;
      p.ad = true;
      if (n == 5) return a.answer(address(a.query));
      p.answer(record(asked, Type::Cname, 60, name("a" + std::to_string(n + 1) + ".example")));
      a.answer(reply(a.query, p));
    });
    use({&s});
    const Answer a = ask("a1.example");
    CPPUNIT_ASSERT(a.outcome == Outcome::Found && a.security == Security::Secure);
    CPPUNIT_ASSERT_EQUAL("a5.example"s, a.name);
    CPPUNIT_ASSERT_EQUAL(5, s.asked());
    CPPUNIT_ASSERT(ask("a6.example").outcome == Outcome::Temporary);
    CPPUNIT_ASSERT_EQUAL(5 + 17, s.asked());
  }

  void cachedAnswers() {
    LyingServer s([](const Asked& a) {
      const std::string asked = asking(a.query);
      Parts none;
      none.rcode = 3;
      if (asked == "none.example") none.server(soa("example", 60, 60));
      if (asked.starts_with("none") || asked.starts_with("vague")) return a.answer(reply(a.query, none));
      a.answer(address(a.query, kGood, asked == "once.example" ? 0 : 60));
    });
    use({&s});
    const std::pair<const char*, int> cases[] = {
        {"host.example", 1}, {"none.example", 1}, {"once.example", 2}, {"vague.example", 2}};
    for (const auto& [host, wanted] : cases) {
      const int before = s.asked();
      const Answer first = ask(host);
      const Answer second = ask(host);
      CPPUNIT_ASSERT(first.outcome == second.outcome && first.security == second.security);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(host, wanted, s.asked() - before);
    }
  }

  void failuresAreKeptShortly() {
    LyingServer s([](const Asked& a) { a.answer(failure(a.query, 2)); });
    use({&s});
    CPPUNIT_ASSERT(ask("host.example").outcome == Outcome::Temporary);
    const Answer a = ask("host.example");
    CPPUNIT_ASSERT(a.outcome == Outcome::Temporary && a.ttl <= 5);
    CPPUNIT_ASSERT_EQUAL(1, s.asked());
  }

  void oneLookupForMany() {
    LyingServer s([](const Asked& a) {
      std::this_thread::sleep_for(100ms);
      a.answer(address(a.query));
    });
    use({&s});
    std::vector<std::future<Answer>> all;
    for (int i = 0; i < 50; ++i) all.push_back(begin(i % 2 ? "host.example" : "HOST.example"));
    CPPUNIT_ASSERT_EQUAL(size_t{50}, resolver_->waiting());
    for (auto& f : all) CPPUNIT_ASSERT(f.get().outcome == Outcome::Found);
    CPPUNIT_ASSERT_EQUAL(1, s.asked());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, resolver_->waiting());
  }

  void limits() {
    LyingServer s(saysNothing);
    settings_.maxWaiting = 5;
    settings_.maxWaitingOfOne = 3;
    use({&s});
    const int one = 0, other = 0;
    const auto accepted = [&](const char* name, const void* asker) {
      const auto status = resolver_->query(name, Type::A, 300ms, asker, [](const Answer&, uint32_t) {});
      CPPUNIT_ASSERT(status || status.error().kind == ph::Kind::Limit);
      return status.ok();
    };
    for (const char* name : {"a.example", "b.example", "c.example"}) CPPUNIT_ASSERT(accepted(name, &one));
    CPPUNIT_ASSERT(!accepted("a.example", &one));
    CPPUNIT_ASSERT(accepted("a.example", &other));
    CPPUNIT_ASSERT(accepted("e.example", &other));
    CPPUNIT_ASSERT(!accepted("f.example", &other));
    while (resolver_->waiting() > 0) std::this_thread::sleep_for(5ms);
    // Nobody waits any more, but three lookups go on, and one more name each time.
    CPPUNIT_ASSERT(accepted("g.example", &one));
    CPPUNIT_ASSERT(!accepted("h.example", &other));
    CPPUNIT_ASSERT(accepted("a.example", &other));
  }

  void noThreadWaits() {
    LyingServer s(saysNothing);
    use({&s});
    const size_t before = threads();
    std::vector<std::future<Answer>> all;
    for (int i = 0; i < 1000; ++i) all.push_back(begin("host" + std::to_string(i) + ".example"));
    CPPUNIT_ASSERT_EQUAL(size_t{1000}, resolver_->waiting());
    CPPUNIT_ASSERT_MESSAGE(std::to_string(threads() - before), threads() <= before + 8);
    for (auto& f : all) CPPUNIT_ASSERT(f.get().outcome == Outcome::Temporary);
    CPPUNIT_ASSERT(threads() <= before + 8);
  }

  void cancelled() {
    LyingServer s(saysNothing);
    use({&s});
    const int mine = 0;
    auto other = begin("host.example");
    auto own = begin("host.example", &mine);
    resolver_->cancel(&mine);
    CPPUNIT_ASSERT(own.wait_for(0s) == std::future_status::ready);
    CPPUNIT_ASSERT_EQUAL("the question was withdrawn"s, own.get().text);
    CPPUNIT_ASSERT(other.wait_for(0s) == std::future_status::timeout);
    CPPUNIT_ASSERT(other.get().outcome == Outcome::Temporary);
  }

  void ends() {
    LyingServer s(saysNothing);
    use({&s});
    auto waiting = begin("host.example");
    resolver_.reset();
    CPPUNIT_ASSERT_EQUAL("the server stops"s, waiting.get().text);
  }

  void noResolvers() {
    make();
    const Answer a = ask("host.example");
    CPPUNIT_ASSERT(a.outcome == Outcome::Temporary);
    CPPUNIT_ASSERT_EQUAL("no resolver is configured"s, a.text);
    CPPUNIT_ASSERT(ask("localhost").outcome == Outcome::Found);
  }

  void invalidNames() {
    make();
    for (const char* name : {"", "a..b", "example.",
                             "b\xc3\xbc"
                             "cher.example"}) {
      const auto s =
          resolver_->query(name, Type::A, {}, nullptr, [](const Answer&, uint32_t) { CPPUNIT_FAIL("called"); });
      CPPUNIT_ASSERT(!s && s.error().kind == ph::Kind::Invalid);
    }
  }

  void reverseNames() {
    LyingServer s([](const Asked& a) {
      Parts p;
      p.answer(record(asking(a.query), Type::Ptr, 60, name("for." + asking(a.query))));
      a.answer(reply(a.query, p));
    });
    use({&s});
    CPPUNIT_ASSERT_EQUAL("for.1.2.0.192.in-addr.arpa"s, ask("192.0.2.1", Type::Ptr).records.at(0).value);
    CPPUNIT_ASSERT_EQUAL("for.named.example"s, ask("named.example", Type::Ptr).records.at(0).value);
    // Other types of an address are those of a name that looks like one.
    CPPUNIT_ASSERT(ask("192.0.2.1", Type::A).outcome == Outcome::NoData);
  }

  void otherServersOtherAnswers() {
    LyingServer first(answerRight);
    LyingServer second([](const Asked& a) { a.answer(address(a.query, "\xc0\0\2\2"s)); });
    use({&first});
    CPPUNIT_ASSERT_EQUAL("192.0.2.1"s, ask("host.example").records.at(0).value);
    auto same = settings_;
    resolver_->set(same);
    (void)ask("host.example");
    CPPUNIT_ASSERT_EQUAL(1, first.asked());  // nothing changed, nothing forgotten
    settings_.resolvers = {second.address()};
    resolver_->set(settings_);
    CPPUNIT_ASSERT_EQUAL("192.0.2.2"s, ask("host.example").records.at(0).value);
  }

  // Port 53 is out of reach for a test: that the new file is read shows in whom the failure names.
  void followsResolvConf() {
    char path[] = "/tmp/resolv-conf-XXXXXX";
    ::close(::mkstemp(path));
    settings_.system = true;
    settings_.resolvConf = path;
    settings_.lifetime = 50ms;
    std::ofstream(path) << "nameserver 127.0.0.77\n";
    make();
    CPPUNIT_ASSERT(ask("a.example").text.starts_with("127.0.0.77:53 "));
    std::ofstream(path) << "nameserver 127.0.0.99\n# longer\n";
    const auto end = Clock::now() + 10s;
    std::string text;
    for (int i = 0; Clock::now() < end && !text.starts_with("127.0.0.99:53 "); ++i) {
      text = ask("a" + std::to_string(i) + ".example").text;
      std::this_thread::sleep_for(100ms);
    }
    std::remove(path);
    CPPUNIT_ASSERT_EQUAL("127.0.0.99:53 "s, text.substr(0, 14));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ResolverTest);

}  // namespace
