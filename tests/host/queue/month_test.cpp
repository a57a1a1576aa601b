// A month of mail to servers that come and go, as fast as the clock can be moved. Each message ends delivered or
// returned, and each event is told once.
#include "queue_test_rig.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "long_run.hpp"
#include "queue/spool_file.hpp"

using namespace queue_test;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kKeepsFreed = true;
#else
constexpr bool kKeepsFreed = false;
#endif

class MonthTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MonthTest);
  CPPUNIT_TEST(allMailEnds);
  CPPUNIT_TEST_SUITE_END();

  static constexpr int kDomains = 40;
  static constexpr int64_t kStep = 1800;

 public:
  void allMailEnds() {
    const int messages = isLongRun() ? 100'000 : 5'000;
    const int64_t steps = 30 * 86400 / kStep;
    env::FaultEnv env;
    Mailboxes boxes;
    auto script = std::make_shared<Script>();
    std::mt19937 random(20261121);
    std::mutex mutex;
    std::map<std::string, int64_t> downUntil;  // of a domain; -1: for ever
    script->reachable = [&](const std::string& domain) {
      std::lock_guard lock(mutex);
      const auto i = downUntil.find(domain);
      return i == downUntil.end() || (i->second >= 0 && i->second <= House::clock);
    };
    std::set<std::string> refusedOnce;
    script->answer = [&](const std::string& to, const std::string& text) {
      std::lock_guard lock(mutex);
      if (to.starts_with("nobody")) return reply(550, "5.1.1", "no such user");
      if (to.starts_with("full")) return reply(452, "4.2.2", "mailbox full");
      if (to.starts_with("grey") && refusedOnce.insert(to + text).second) return reply(451, "4.7.1", "greylisted");
      if (to.starts_with("drop") && refusedOnce.insert(to + text).second) return Outcome{-1, 0, 0, "", "", "", "", ""};
      return reply(250, "2.0.0", "ok");
    };
    {
      std::lock_guard lock(mutex);
      downUntil["d0.example"] = -1;
    }
    std::map<std::string, int> expectedFailures;  // message -> recipients that can't be served
    int sent = 0;
    size_t recipients = 0;
    auto house = std::make_unique<House>(env, boxes, script);
    CPPUNIT_ASSERT(house->queue.start().ok());
    const char* kinds[] = {"ok", "ok", "ok", "ok", "ok", "grey", "nobody", "full", "drop", "ok"};
    for (int64_t step = 0; step < steps || house->queue.size() > 0; ++step) {
      CPPUNIT_ASSERT_MESSAGE("mail stays for ever", step < steps + 200);
      if (step < steps) {
        std::lock_guard lock(mutex);
        // Every domain but one is down now and then, up to six hours.
        const auto domain = "d" + std::to_string(1 + random() % (kDomains - 1)) + ".example";
        if (random() % 4 == 0) downUntil[domain] = House::clock + static_cast<int64_t>(random() % 21600);
      }
      for (const int upTo = static_cast<int>(std::min<int64_t>(messages, messages * (step + 1) / steps));
           sent < upTo;) {
        const std::string id = "m" + std::to_string(sent++);
        std::vector<std::string> to;
        for (unsigned n = 1 + random() % 3; n > 0; --n) {
          const unsigned d = random() % 100 == 0 ? 0 : 1 + random() % (kDomains - 1);
          ++recipients;
          const std::string kind = kinds[random() % 10];
          to.push_back(kind + std::to_string(n) + "@d" + std::to_string(d) + ".example");
          if (kind == "nobody" || kind == "full" || d == 0) ++expectedFailures[id];
        }
        house->submit(envelope(id, to), "X-Id: <" + id + ">\r\n\r\n");
      }
      house->pass(kStep);
      CPPUNIT_ASSERT(house->rest());
      if (step % 400 == 399) {
        house.reset();
        house = std::make_unique<House>(env, boxes, script);
        CPPUNIT_ASSERT(house->queue.start().ok());
      }
    }
    int told = 0;
    std::map<std::string, int> failures;
    for (const auto& n : boxes.notifications) {
      ++told;
      const auto at = n.find("X-Id: <");
      CPPUNIT_ASSERT(at != std::string::npos);
      const std::string id = n.substr(at + 7, n.find('>', at) - at - 7);
      for (size_t i = n.find("\r\nAction: failed"); i != std::string::npos; i = n.find("\r\nAction: failed", i + 1))
        ++failures[id];
    }
    CPPUNIT_ASSERT(told > 0);
    int twice = 0;
    int lost = 0;
    for (const auto& [key, copies] : script->delivered) twice += copies > 1 ? 1 : 0;
    for (const auto& [id, n] : expectedFailures) lost += failures[id] < n ? 1 : 0;
    CPPUNIT_ASSERT_EQUAL(0, twice);
    CPPUNIT_ASSERT_EQUAL(0, lost);
    // Whatever else failed was never delivered: each recipient has exactly one of both.
    size_t all = 0;
    for (const auto& [id, n] : failures) all += static_cast<size_t>(n);
    for (const auto& [key, copies] : script->delivered) all += static_cast<size_t>(copies);
    CPPUNIT_ASSERT_EQUAL(recipients, all);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(MonthTest);

// What a large queue costs: memory stays small because nothing is kept of what waits.
class ScaleTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ScaleTest);
  CPPUNIT_TEST(hundredThousandWait);
  CPPUNIT_TEST_SUITE_END();

  static size_t resident() {
    size_t total = 0, pages = 0;
    if (FILE* f = std::fopen("/proc/self/statm", "r")) {
      if (std::fscanf(f, "%zu %zu", &total, &pages) != 2) pages = 0;
      std::fclose(f);
    }
    return pages * 4096;
  }
  static int64_t millis() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }

 public:
  void hundredThousandWait() {
    constexpr int kMessages = 100'000;
    const auto folder = std::filesystem::temp_directory_path() / ("queue-scale-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    for (int i = 0; i < kMessages; ++i) {
      auto e = envelope("m" + std::to_string(i), {"x@d" + std::to_string(i % 5000) + ".example"});
      e.queuedAt = House::clock;
      std::ofstream(folder / e.id) << queue::encodeEnvelope(e) << "Subject: x\r\n\r\nbody\r\n";
    }
    Mailboxes boxes;
    const auto script = std::make_shared<Script>();
    script->reachable = [](const auto&) { return false; };
    const auto surroundings = [&](House& h) -> queue::Surroundings {
      return {env::posix(),
              folder.string(),
              h.disk,
              h.hooks,
              h.timers,
              {},
              {},
              [] { return House::clock.load(); },
              [](uint32_t) { return 0u; }};
    };
    env::FaultEnv unused;
    House house(unused, boxes);
    const size_t before = resident();
    {
      queue::Queue q(surroundings(house), House::settings());
      CPPUNIT_ASSERT(q.start().ok());
      CPPUNIT_ASSERT_EQUAL(size_t{kMessages}, q.size());
    }
    queue::Queue q(surroundings(house), House::settings());
    const int64_t begun = millis();
    CPPUNIT_ASSERT(q.start().ok());
    const int64_t started = millis();
    size_t listed = 0;
    for (int64_t after = 0;;) {
      const auto page = q.list(after, 1000);
      CPPUNIT_ASSERT(page.ok());
      if (page->empty()) break;
      listed += page->size();
      after = page->back().id;
    }
    const int64_t done = millis();
    CPPUNIT_ASSERT_EQUAL(size_t{kMessages}, listed);
    // All destinations are dead: each is met once, all that waits there is put off.
    CPPUNIT_ASSERT(q.offer(this, queue::kCarrierName, script).ok());
    CPPUNIT_ASSERT(q.rest(std::chrono::seconds(120)));
    CPPUNIT_ASSERT_EQUAL(5000, script->attempts.load());
    const int64_t tried = millis();
    const size_t grown = resident() > before ? resident() - before : 0;
    std::cout << "100,000 messages: start " << started - begun << " ms, list " << done - started << " ms, one round "
              << tried - done << " ms, memory +" << grown / 1048576 << " MiB\n";
    CPPUNIT_ASSERT(kKeepsFreed || grown < 64u << 20);
    CPPUNIT_ASSERT(done - started < 3000);
    CPPUNIT_ASSERT(started - begun < 6000);
    CPPUNIT_ASSERT(q.stop());
    std::filesystem::remove_all(folder);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ScaleTest);

}  // namespace
