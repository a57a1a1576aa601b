// What goes wrong for good: attempts that never end, and a database that is damaged.
#include "queue_test_rig.hpp"

#include <algorithm>

using namespace queue_test;

namespace {

// Takes the first message of an attempt and never says anything again, whoever asks.
class Deaf final : public queue::Carrier {
 public:
  std::mutex mutex;
  std::vector<std::shared_ptr<queue::Attempt>> all;
  bool takes = true;
  ph::Status begin(const std::shared_ptr<queue::Attempt>& a) override {
    ph_delivery d{};
    if (takes) CPPUNIT_ASSERT_EQUAL(PH_OK, a->next(&d));
    std::lock_guard lock(mutex);
    all.push_back(a);
    return {};
  }
  void cancel(queue::Attempt&) override {}
  size_t count() {
    std::lock_guard lock(mutex);
    return all.size();
  }
};

// Attempts and their carrier hold each other. It goes after the house.
struct LetGo {
  std::vector<std::shared_ptr<queue::Attempt>>& all;
  ~LetGo() { all.clear(); }
};

class QueueWatchdogTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(QueueWatchdogTest);
  CPPUNIT_TEST(deafTransportIsGivenUp);
  CPPUNIT_TEST(deafBeforeTheFirstMessage);
  CPPUNIT_TEST(slowButAlive);
  CPPUNIT_TEST(damagedDatabase);
  CPPUNIT_TEST(garbageInsteadOfDatabase);
  CPPUNIT_TEST_SUITE_END();

 public:
  void deafTransportIsGivenUp() {
    env::FaultEnv env;
    Mailboxes boxes;
    const auto deaf = std::make_shared<Deaf>();
    const LetGo attempts{deaf->all};
    House house(env, boxes);
    CPPUNIT_ASSERT(house.queue.offer(deaf.get(), queue::kCarrierName, deaf).ok());
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m1", {"x@far.example"}), "text");
    giveUp(house, *deaf);
    const auto i = house.queue.list(0, 1)->at(0);
    CPPUNIT_ASSERT_EQUAL(1, i.attempts);
    CPPUNIT_ASSERT_EQUAL(std::string("the attempt took too long"), i.reason);
    CPPUNIT_ASSERT(!house.queue.withdraw(deaf.get(), std::chrono::milliseconds(1)));
    // It comes back after all: nothing it says counts, and what it looks at is still there.
    const auto a = deaf->all.front();
    ph_delivery d{};
    CPPUNIT_ASSERT_EQUAL(PH_E_INVALID, a->next(&d));
    CPPUNIT_ASSERT_EQUAL(PH_E_NOT_FOUND, a->result(0, Outcome{}));
    a->end(nullptr, {});
    CPPUNIT_ASSERT(house.queue.withdraw(deaf.get(), std::chrono::milliseconds(1)));
    CPPUNIT_ASSERT_EQUAL(1, house.queue.list(0, 1)->at(0).attempts);
  }

  void deafBeforeTheFirstMessage() {
    env::FaultEnv env;
    Mailboxes boxes;
    const auto deaf = std::make_shared<Deaf>();
    const LetGo attempts{deaf->all};
    House house(env, boxes);
    deaf->takes = false;
    CPPUNIT_ASSERT(house.queue.offer(deaf.get(), queue::kCarrierName, deaf).ok());
    CPPUNIT_ASSERT(house.queue.start().ok());
    house.submit(envelope("m1", {"x@far.example"}), "one");
    house.submit(envelope("m2", {"y@far.example"}), "two");
    giveUp(house, *deaf);
    CPPUNIT_ASSERT(house.until([&] {
      const auto all = house.queue.list(0, 2);
      return all->at(0).attempts == 1 && all->at(1).attempts == 1;
    }));
    deaf->all.front()->end(nullptr, {});
  }

  void slowButAlive() {
    env::FaultEnv env;
    Mailboxes boxes;
    const auto deaf = std::make_shared<Deaf>();
    const LetGo attempts{deaf->all};
    House house(env, boxes);
    CPPUNIT_ASSERT(house.queue.offer(deaf.get(), queue::kCarrierName, deaf).ok());
    CPPUNIT_ASSERT(house.queue.start().ok());
    for (int i = 0; i < 4; ++i) house.submit(envelope("m" + std::to_string(i), {"x@far.example"}), "text");
    CPPUNIT_ASSERT(house.until([&] { return deaf->count() >= 1; }));
    const auto a = deaf->all.front();
    for (int i = 0; i < 3; ++i) {
      sweep(house);
      house.clock += 2 * 3600;
      CPPUNIT_ASSERT_EQUAL(PH_OK, a->result(0, Outcome{}));
      ph_delivery d{};
      if (a->next(&d) != PH_OK) break;  // another attempt has the rest
    }
    sweep(house);
    CPPUNIT_ASSERT(!a->cancelled());
    const auto all = deaf->all;
    for (const auto& other : all) other->end(nullptr, {});
  }

  void damagedDatabase() { damage(std::string("SQLite format 3\0 and then nothing that is one", 46)); }
  void garbageInsteadOfDatabase() {
    damage("not a database at all, but long enough to be looked at as if it were one");
  }

 private:
  static void sweep(House& house) {
    house.queue.sweepNow();
    // Sweeps run on a pool; a second one begins only to be sure that the first has looked at the attempts.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }

  static void giveUp(House& house, Deaf& deaf) {
    CPPUNIT_ASSERT(house.until([&] { return deaf.count() == 1; }));
    const auto a = deaf.all.front();
    sweep(house);
    house.clock += 3 * 3600 + 1;
    CPPUNIT_ASSERT(house.until([&] {
      sweep(house);
      return a->cancelled();
    }));
    house.clock += 121;
    CPPUNIT_ASSERT(house.until([&] {
      sweep(house);
      return house.queue.list(0, 1)->at(0).attempts == 1;
    }));
  }

  static void damage(const std::string& with) {
    env::FaultEnv env;
    Mailboxes boxes;
    boxes.closed = true;
    auto script = std::make_shared<Script>();
    script->answer = [](const std::string& to, auto&) {
      return to == "bad@far.example" ? reply(550, "5.1.1", "no") : reply(451, "4.3.0", "later");
    };
    {
      House house(env, boxes, script);
      CPPUNIT_ASSERT(house.queue.start().ok());
      house.submit(envelope("m1", {"x@far.example"}), "one");
      house.submit(envelope("m2", {"bad@far.example"}), "two");  // its notification waits for ann's mailbox
      CPPUNIT_ASSERT(house.rest());
      CPPUNIT_ASSERT_EQUAL(size_t{2}, house.queue.size());
    }
    const auto names = env.list("queue");
    for (const auto& name : *names) {
      if (name == "queue.db-wal" || name == "queue.db-shm") CPPUNIT_ASSERT(env.unlink("queue/" + name).ok());
    }
    {
      auto file = env.open("queue/queue.db", env::Open::ReadWrite);
      CPPUNIT_ASSERT(file.ok() && (*file)->truncate(0).ok());
      std::string bytes;
      while (bytes.size() < 16384) bytes += with;
      CPPUNIT_ASSERT((*file)->write(0, bytes).ok() && (*file)->sync().ok());
    }
    boxes.closed = false;
    script->answer = [](auto&, auto&) { return Outcome{}; };
    House house(env, boxes, script);
    const auto started = house.queue.start();
    CPPUNIT_ASSERT_MESSAGE(started ? "" : started.error().text, started.ok());
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(1, script->delivered["x@far.example one"]);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, boxes.notifications.size());
    const auto after = env.list("queue");
    CPPUNIT_ASSERT(
        std::any_of(after->begin(), after->end(), [](const auto& n) { return n.starts_with("queue.db.damaged-"); }));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(QueueWatchdogTest);

}  // namespace
