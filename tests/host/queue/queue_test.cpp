// The queue on a disk that can lose power: what was acknowledged is delivered exactly once, what was refused never.
#include "queue/queue.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <condition_variable>
#include <ctime>
#include <map>
#include <set>
#include <thread>

#include "env/fault_env.hpp"

using namespace posthouse;
using queue::Envelope;
using queue::Queue;

namespace {

// A mailbox that remembers delivery keys, as the store does.
struct Sink {
  std::mutex mutex;
  std::map<std::string, int> copies;  // message text -> copies, over all restarts
  std::set<std::string> keys;
  int failures = 0;     // so many deliveries fail first
  bool closed = false;  // all fail

  queue::LocalDelivery delivery() {
    return [this](const Envelope&, const Envelope::Recipient&, const std::string& key,
                  const mail::MessageRef& message) -> ph::Status {
      std::lock_guard lock(mutex);
      if (closed) return ph::Error{ph::Kind::Temporary, "closed"};
      if (failures > 0) {
        --failures;
        return ph::Error{ph::Kind::Temporary, "not now"};
      }
      std::string_view text;
      if (!message->view(1 << 20, &text)) return ph::Error{ph::Kind::Temporary, "unreadable"};
      if (keys.insert(key).second) ++copies[std::string(text)];
      return {};
    };
  }
};

mail::MessageRef message(const std::string& text) {
  mail::MessageRef m(mail::newBuffer("/tmp", 1 << 20));
  CPPUNIT_ASSERT_EQUAL(PH_OK, m->write(text));
  CPPUNIT_ASSERT_EQUAL(PH_OK, m->finish());
  return m;
}

Envelope envelope(const std::string& id, std::vector<std::string> accounts) {
  Envelope e;
  e.id = id;
  e.account = "ann";
  e.reversePath = "ann@example.org";
  uint32_t number = 0;
  for (auto& a : accounts) e.rcpts.push_back({"to" + std::to_string(number) + "@example.org", a, number++});
  return e;
}

class QueueTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(QueueTest);
  CPPUNIT_TEST(deliversAndForgets);
  CPPUNIT_TEST(othersWaitAcrossRestarts);
  CPPUNIT_TEST(heldUntilItsTime);
  CPPUNIT_TEST(damageIsLeftAlone);
  CPPUNIT_TEST(powerCuts);
  CPPUNIT_TEST(everySyncIsNeeded);
  CPPUNIT_TEST(diskErrors);
  CPPUNIT_TEST_SUITE_END();

 public:
  struct House {
    jobs::Pool pool{"disk", 4, 100};
    jobs::Timers timers;
    Queue queue;
    House(env::Env& env, Sink& sink) : queue(env, "queue", pool, timers, sink.delivery()) {}
    ~House() { timers.stop(); }
    void drain() {
      for (int i = 0; i < 1000 && queue.size() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  };

  void deliversAndForgets() {
    env::FaultEnv env;
    Sink sink;
    House house(env, sink);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT(house.queue.submit(envelope("one", {"ann", "bob"}), "X: 1\r\n", *message("\r\nhello").get()).ok());
    house.drain();
    CPPUNIT_ASSERT_EQUAL(2, sink.copies["X: 1\r\n\r\nhello"]);
    CPPUNIT_ASSERT(env.list("queue")->empty());
  }

  void othersWaitAcrossRestarts() {
    env::FaultEnv env;
    Sink sink;
    {
      House house(env, sink);
      CPPUNIT_ASSERT(house.queue.start().ok());
      CPPUNIT_ASSERT(house.queue.submit(envelope("mixed", {"ann", "", "bob"}), "", *message("text").get()).ok());
    }
    CPPUNIT_ASSERT_EQUAL(2, sink.copies["text"]);
    House house(env, sink);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, house.queue.size());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, env.list("queue")->size());
    CPPUNIT_ASSERT_EQUAL(2, sink.copies["text"]);
  }

  void heldUntilItsTime() {
    env::FaultEnv env;
    Sink sink;
    {
      House house(env, sink);
      CPPUNIT_ASSERT(house.queue.start().ok());
      Envelope held = envelope("held", {"ann"});
      held.holdUntil = std::time(nullptr) + 3600;
      CPPUNIT_ASSERT(house.queue.submit(held, "", *message("later").get()).ok());
      CPPUNIT_ASSERT(house.queue.submit(envelope("now", {"ann"}), "", *message("now").get()).ok());
      for (int i = 0; i < 1000 && house.queue.size() > 1; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      Envelope soon = envelope("soon", {"ann"});
      soon.holdUntil = std::time(nullptr) + 2;
      CPPUNIT_ASSERT(house.queue.submit(soon, "", *message("soon").get()).ok());
      CPPUNIT_ASSERT_EQUAL(0, sink.copies["soon"]);
      for (int i = 0; i < 4000 && house.queue.size() > 1; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      CPPUNIT_ASSERT_EQUAL(size_t{1}, house.queue.size());
      CPPUNIT_ASSERT(std::chrono::system_clock::now() >= std::chrono::system_clock::from_time_t(soon.holdUntil));
      CPPUNIT_ASSERT_EQUAL(1, sink.copies["soon"]);
    }
    // The time is in the spool file: a restart does not set it free.
    House house(env, sink);
    CPPUNIT_ASSERT(house.queue.start().ok());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, house.queue.size());
    CPPUNIT_ASSERT_EQUAL(0, sink.copies["later"]);
  }

  void damageIsLeftAlone() {
    env::FaultEnv env;
    CPPUNIT_ASSERT(env.makeFolder("queue").ok());
    for (const char* name : {"queue/empty", "queue/garbage", "queue/half.new"}) {
      auto file = env.open(name, env::Open::CreateNew);
      if (std::string(name) == "queue/garbage") CPPUNIT_ASSERT((*file)->write(0, "{\"version\":1}\nmessage").ok());
    }
    Sink sink;
    House house(env, sink);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, house.queue.size());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, env.list("queue")->size());
  }

  // Submits three messages with the power off at change `at`, then restarts. `waiting`: none is delivered before. What
  // is wrong; empty: nothing.
  static std::string cut(unsigned at, env::Cut how, unsigned seed, const std::string& ignored, bool waiting,
                         bool* off) {
    env::FaultEnv env;
    env.ignoreSyncs(ignored);
    Sink sink;
    sink.closed = waiting;
    std::set<std::string> acknowledged;
    {
      House house(env, sink);
      env.cutAt(at);
      if (house.queue.start()) {
        for (const char* id : {"a", "b", "c"}) {
          if (house.queue.submit(envelope(id, {"ann"}), "", *message(id).get())) acknowledged.insert(id);
        }
      }
    }
    *off = env.isOff();
    env.cutAt(1);
    (void)env.makeFolder("off");
    env.powerCut(how, seed);
    sink.closed = false;
    House house(env, sink);
    if (!house.queue.start()) return "it does not start";
    house.drain();
    std::string wrong;
    for (const auto& id : acknowledged) {
      if (sink.copies[id] != 1) wrong += id + " has " + std::to_string(sink.copies[id]) + " copies; ";
    }
    for (const auto& [text, n] : sink.copies) {
      if (n > 1 || (text != "a" && text != "b" && text != "c"))
        wrong += "'" + text + "' " + std::to_string(n) + " times; ";
    }
    return wrong;
  }

  static std::string allCuts(const std::string& ignored, bool waiting) {
    for (const auto how : {env::Cut::Drop, env::Cut::Keep, env::Cut::Tear, env::Cut::Shuffle}) {
      bool off = true;
      for (unsigned at = 1; off && at < 200; ++at) {
        const std::string wrong = cut(at, how, at * 31, ignored, waiting, &off);
        if (!wrong.empty())
          return "cut " + std::to_string(static_cast<int>(how)) + " at " + std::to_string(at) + ": " + wrong;
      }
    }
    return {};
  }

  void powerCuts() {
    CPPUNIT_ASSERT_EQUAL(std::string(), allCuts("", false));
    CPPUNIT_ASSERT_EQUAL(std::string(), allCuts("", true));
  }

  // Without any one kind of sync some cut must lose mail, or the sync would be for nothing.
  void everySyncIsNeeded() {
    std::set<std::string> kinds;
    {
      env::FaultEnv env;
      Sink sink;
      House house(env, sink);
      CPPUNIT_ASSERT(house.queue.start().ok());
      CPPUNIT_ASSERT(house.queue.submit(envelope("a", {"ann"}), "", *message("a").get()).ok());
      kinds = env.syncKinds();
    }
    CPPUNIT_ASSERT(kinds.size() >= 2);
    for (const auto& kind : kinds)
      CPPUNIT_ASSERT_MESSAGE("leaving out " + kind + " is not noticed", !allCuts(kind, true).empty());
  }

  void diskErrors() {
    for (const int code : {EIO, ENOSPC, EROFS, EMFILE, ENOMEM}) {
      for (unsigned n = 1; n < 12; ++n) {
        env::FaultEnv env;
        Sink sink;
        House house(env, sink);
        CPPUNIT_ASSERT(house.queue.start().ok());
        env.failAt(n, code, true);
        const auto s = house.queue.submit(envelope("a", {"ann"}), "", *message("a").get());
        if (!s) {
          CPPUNIT_ASSERT(s.error().kind == ph::Kind::Temporary || s.error().kind == ph::Kind::Limit);
        }
        env.heal();
        CPPUNIT_ASSERT(house.queue.submit(envelope("b", {"ann"}), "", *message("b").get()).ok());
        house.drain();
        CPPUNIT_ASSERT_EQUAL(1, sink.copies["b"]);
        CPPUNIT_ASSERT(sink.copies["a"] <= 1);
      }
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(QueueTest);

}  // namespace
