// The queue on a disk that can lose power: what was acknowledged is delivered exactly once, what was refused never.
#include "queue_test_rig.hpp"

#include <algorithm>

using namespace queue_test;

namespace {

// Spool files: what lies in the folder beside the database and empty files for the next messages.
std::vector<std::string> files(env::Env& env) {
  std::vector<std::string> out;
  const auto names = env.list("queue");
  for (const auto& n : *names) {
    if (n.ends_with(".spare") && env.info("queue/" + n)->size == 0) continue;
    if (!n.starts_with("queue.db")) out.push_back(n);
  }
  std::sort(out.begin(), out.end());
  return out;
}

class QueueTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(QueueTest);
  CPPUNIT_TEST(deliversAndForgets);
  CPPUNIT_TEST(othersWaitAcrossRestarts);
  CPPUNIT_TEST(heldUntilItsTime);
  CPPUNIT_TEST(damageIsLeftAlone);
  CPPUNIT_TEST(filesWithoutRowsAreNew);
  CPPUNIT_TEST(rowsWithoutFilesGo);
  CPPUNIT_TEST(buriedIsNotSentAgain);
  CPPUNIT_TEST(powerCuts);
  CPPUNIT_TEST(powerCutsAbroad);
  CPPUNIT_TEST(everySyncIsNeeded);
  CPPUNIT_TEST(diskErrors);
  CPPUNIT_TEST(diskErrorsLater);
  CPPUNIT_TEST_SUITE_END();

 public:
  void deliversAndForgets() {
    env::FaultEnv env;
    Mailboxes boxes;
    House house(env, boxes);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT(house.queue.submit(envelope("one", {"ann", "bob"}), "X: 1\r\n", *message("\r\nhello").get()).ok());
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(2, boxes.copies["X: 1\r\n\r\nhello"]);
    CPPUNIT_ASSERT(house.until([&] { return files(env).empty(); }));
    CPPUNIT_ASSERT(house.queue.list(0, 10)->empty());
  }

  void othersWaitAcrossRestarts() {
    env::FaultEnv env;
    Mailboxes boxes;
    {
      House house(env, boxes);
      CPPUNIT_ASSERT(house.queue.start().ok());
      house.submit(envelope("mixed", {"ann", "x@far.example", "bob"}), "text");
      CPPUNIT_ASSERT(house.rest());
      const auto list = house.queue.list(0, 10);
      CPPUNIT_ASSERT_EQUAL(size_t{1}, list->size());
      CPPUNIT_ASSERT_EQUAL(std::string("x@far.example"), list->front().forwardPath);
      CPPUNIT_ASSERT_EQUAL(0, list->front().attempts);
      CPPUNIT_ASSERT_EQUAL(std::string("no plugin offers the transport \"smtp\""), list->front().reason);
    }
    CPPUNIT_ASSERT_EQUAL(2, boxes.copies["text"]);
    auto script = std::make_shared<Script>();
    House house(env, boxes, script);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(2, boxes.copies["text"]);
    CPPUNIT_ASSERT_EQUAL(1, script->delivered["x@far.example text"]);
  }

  void heldUntilItsTime() {
    env::FaultEnv env;
    Mailboxes boxes;
    {
      House house(env, boxes);
      CPPUNIT_ASSERT(house.queue.start().ok());
      Envelope held = envelope("held", {"ann"});
      held.holdUntil = House::clock + 3600;
      house.submit(held, "later");
      house.submit(envelope("now", {"ann"}), "now");
      CPPUNIT_ASSERT(house.rest());
      CPPUNIT_ASSERT_EQUAL(1, boxes.copies["now"]);
      house.pass(3599);
      CPPUNIT_ASSERT(house.rest());
      CPPUNIT_ASSERT_EQUAL(0, boxes.copies["later"]);
    }
    // The time outlives a restart, even when only the spool file is left.
    const auto names = env.list("queue");
    for (const auto& name : *names) {
      if (name.starts_with("queue.db")) CPPUNIT_ASSERT(env.unlink("queue/" + name).ok());
    }
    House house(env, boxes);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, house.queue.size());
    CPPUNIT_ASSERT_EQUAL(0, boxes.copies["later"]);
    house.pass(1);
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(1, boxes.copies["later"]);
  }

  void damageIsLeftAlone() {
    env::FaultEnv env;
    CPPUNIT_ASSERT(env.makeFolder("queue").ok());
    for (const char* name : {"queue/empty", "queue/garbage", "queue/half.new"}) {
      auto file = env.open(name, env::Open::CreateNew);
      if (std::string(name) == "queue/garbage") CPPUNIT_ASSERT((*file)->write(0, "{\"version\":1}\nmessage").ok());
    }
    Mailboxes boxes;
    House house(env, boxes);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, house.queue.size());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, files(env).size());
  }

  void filesWithoutRowsAreNew() {
    env::FaultEnv env;
    Mailboxes boxes;
    {
      House house(env, boxes);
      CPPUNIT_ASSERT(house.queue.start().ok());
      for (int i = 0; i < 500; ++i) house.submit(envelope("m" + std::to_string(i), {"x@far.example"}), "t");
    }
    const auto names = env.list("queue");
    for (const auto& name : *names) {
      if (name.starts_with("queue.db")) CPPUNIT_ASSERT(env.unlink("queue/" + name).ok());
    }
    auto script = std::make_shared<Script>();
    House house(env, boxes, script);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(500, script->delivered["x@far.example t"]);
  }

  void rowsWithoutFilesGo() {
    env::FaultEnv env;
    Mailboxes boxes;
    {
      House house(env, boxes);
      CPPUNIT_ASSERT(house.queue.start().ok());
      house.submit(envelope("a", {"x@far.example"}), "a");
      house.submit(envelope("b", {"x@far.example"}), "b");
    }
    CPPUNIT_ASSERT(env.unlink("queue/a").ok());
    auto script = std::make_shared<Script>();
    House house(env, boxes, script);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, house.queue.size());
    CPPUNIT_ASSERT(house.drain());
    CPPUNIT_ASSERT_EQUAL(1, script->delivered["x@far.example b"]);
    // And one that goes while we run.
    script->hang = true;
    house.submit(envelope("c", {"x@far.example"}), "c");
    CPPUNIT_ASSERT(house.until([&] { return script->attempts > 1; }));
    CPPUNIT_ASSERT(env.unlink("queue/c").ok());
    script->hang = false;
    std::lock_guard lock(script->mutex);
    ph_delivery d{};
    CPPUNIT_ASSERT_EQUAL(PH_E_NOT_FOUND, script->hung.front()->next(&d));
    script->hung.front()->end(nullptr, {});
    script->hung.clear();
    CPPUNIT_ASSERT(house.drain());
  }

  // The unlink of a delivered message's file was not durable: it comes back, and must not be delivered again.
  void buriedIsNotSentAgain() {
    env::FaultEnv env;
    Mailboxes boxes;
    auto script = std::make_shared<Script>();
    {
      House house(env, boxes, script);
      CPPUNIT_ASSERT(house.queue.start().ok());
      house.submit(envelope("a", {"x@far.example"}), "a");
      CPPUNIT_ASSERT(house.drain());
      CPPUNIT_ASSERT(house.rest());
      env.cutAt(1);
      (void)env.makeFolder("off");
    }
    env.powerCut(env::Cut::Drop, 1);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, files(env).size());
    House house(env, boxes, script);
    CPPUNIT_ASSERT(house.queue.start().ok());
    CPPUNIT_ASSERT(house.rest());
    CPPUNIT_ASSERT_EQUAL(size_t{0}, house.queue.size());
    CPPUNIT_ASSERT_EQUAL(1, script->delivered["x@far.example a"]);
    CPPUNIT_ASSERT(files(env).empty());
  }

  // Submits messages with the power off at change `at`, then restarts; the later ones use the files of the first.
  // `waiting`: none is delivered before. What is wrong; empty: nothing.
  static std::string cut(unsigned at, env::Cut how, unsigned seed, const std::string& ignored, bool waiting,
                         bool* off) {
    env::FaultEnv env;
    env.ignoreSyncs(ignored);
    Mailboxes boxes;
    boxes.closed = waiting;
    std::set<std::string> acknowledged;
    {
      House house(env, boxes);
      env.cutAt(at);
      if (house.queue.start()) {
        for (const char* id : {"a", "b", "c", "d"}) {
          if (house.queue.submit(envelope(id, {"ann"}), "", *message(id).get())) acknowledged.insert(id);
          if (!waiting && !env.isOff()) house.queue.rest(std::chrono::milliseconds(200));
        }
      }
    }
    *off = env.isOff();
    env.cutAt(1);
    (void)env.makeFolder("off");
    env.powerCut(how, seed);
    boxes.closed = false;
    House house(env, boxes);
    if (const auto s = house.queue.start(); !s) return "it does not start: " + s.error().text;
    house.until([&] {
      house.pass(30);
      return house.queue.size() == 0;
    });
    std::string wrong;
    for (const auto& id : acknowledged) {
      if (boxes.copies[id] != 1) wrong += id + " has " + std::to_string(boxes.copies[id]) + " copies; ";
    }
    for (const auto& [text, n] : boxes.copies) {
      if (n > 1 || text.size() != 1 || text < "a" || text > "d")
        wrong += "'" + text + "' " + std::to_string(n) + " times; ";
    }
    return wrong;
  }

  static std::string allCuts(const std::string& ignored, bool waiting) {
    for (const auto how : {env::Cut::Drop, env::Cut::Keep, env::Cut::Tear, env::Cut::Shuffle}) {
      bool off = true;
      for (unsigned at = 1; off && at < 300; ++at) {
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

  // One message goes, one is refused: at most the one in flight goes twice, and its sender is told once.
  void powerCutsAbroad() {
    for (const auto how : {env::Cut::Drop, env::Cut::Keep, env::Cut::Tear, env::Cut::Shuffle}) {
      bool off = true;
      for (unsigned at = 1; off && at < 300; ++at) {
        env::FaultEnv env;
        Mailboxes boxes;
        auto script = std::make_shared<Script>();
        script->answer = [](const auto& to, const auto&) {
          return to.starts_with("bad") ? reply(550, "5.1.1", "no such user") : reply(250, "2.0.0", "ok");
        };
        std::set<std::string> acknowledged;
        {
          House house(env, boxes, script);
          env.cutAt(at);
          if (house.queue.start()) {
            for (const char* id : {"good", "bad"}) {
              if (house.queue.submit(envelope(id, {std::string(id) + "@far.example"}), "", *message(id).get()))
                acknowledged.insert(id);
              if (!env.isOff()) house.queue.rest(std::chrono::milliseconds(200));
            }
          }
        }
        off = env.isOff();
        env.cutAt(1);
        (void)env.makeFolder("off");
        env.powerCut(how, at * 17);
        const auto where = "cut " + std::to_string(static_cast<int>(how)) + " at " + std::to_string(at);
        {
          House house(env, boxes, script);
          const auto s = house.queue.start();
          CPPUNIT_ASSERT_MESSAGE(where, s.ok());
          CPPUNIT_ASSERT_MESSAGE(where, house.until([&] {
            house.pass(30);
            return house.queue.size() == 0;
          }));
        }
        if (acknowledged.contains("good")) {
          const int n = script->delivered["good@far.example good"];
          CPPUNIT_ASSERT_MESSAGE(where, n >= 1 && n <= 2);
        }
        const size_t told = boxes.notifications.size();
        CPPUNIT_ASSERT_MESSAGE(where + ": told " + std::to_string(told), told <= 1);
        if (acknowledged.contains("bad")) CPPUNIT_ASSERT_EQUAL_MESSAGE(where, size_t{1}, told);
      }
      CPPUNIT_ASSERT(!off);
    }
  }

  // Without any one kind of sync some cut must lose mail, or the sync would be for nothing.
  void everySyncIsNeeded() {
    std::set<std::string> kinds;
    {
      env::FaultEnv env;
      Mailboxes boxes;
      House house(env, boxes);
      CPPUNIT_ASSERT(house.queue.start().ok());
      house.submit(envelope("a", {"ann"}), "a");
      kinds = env.syncKinds();
    }
    CPPUNIT_ASSERT(kinds.size() >= 2);
    for (const auto& kind : kinds) {
      // The database is not what keeps mail: without its syncs the spool files are taken in anew.
      if (kind.find("queue.db") != std::string::npos) continue;
      CPPUNIT_ASSERT_MESSAGE("leaving out " + kind + " is not noticed", !allCuts(kind, true).empty());
    }
  }

  void diskErrors() {
    for (const int code : {EIO, ENOSPC, EROFS, EMFILE, ENOMEM}) {
      for (unsigned n = 1; n < 40; ++n) {
        env::FaultEnv env;
        Mailboxes boxes;
        House house(env, boxes);
        CPPUNIT_ASSERT(house.queue.start().ok());
        CPPUNIT_ASSERT(house.rest());
        env.failAt(n, code, true);
        const auto s = house.queue.submit(envelope("a", {"ann"}), "", *message("a").get());
        env.heal();
        const auto where = std::to_string(code) + " at " + std::to_string(n) + ": ";
        if (!s) {
          CPPUNIT_ASSERT_MESSAGE(where + s.error().text, s.error().kind == ph::Kind::Temporary ||
                                                             s.error().kind == ph::Kind::Limit ||
                                                             s.error().kind == ph::Kind::Bug);
        }
        house.submit(envelope("b", {"ann"}), "b");
        // What could not be read or written is due again after a while.
        CPPUNIT_ASSERT_MESSAGE(where, house.until([&] {
          house.pass(30);
          return house.queue.size() == 0;
        }));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(where, 1, boxes.copies["b"]);
        CPPUNIT_ASSERT_MESSAGE(where, boxes.copies["a"] <= 1);
        if (s) CPPUNIT_ASSERT_EQUAL_MESSAGE(where, 1, boxes.copies["a"]);
      }
    }
  }

  // The disk fails for a while after mail was taken: nothing is lost, and nobody is told twice.
  void diskErrorsLater() {
    for (unsigned n = 1; n < 40; ++n) {
      env::FaultEnv env;
      Mailboxes boxes;
      auto script = std::make_shared<Script>();
      script->hang = true;
      script->answer = [](auto&, auto&) { return reply(550, "5.1.1", "no such user"); };
      House house(env, boxes, script);
      CPPUNIT_ASSERT(house.queue.start().ok());
      house.submit(envelope("a", {"x@far.example"}), "a");
      CPPUNIT_ASSERT(house.until([&] { return script->attempts == 1; }));
      std::shared_ptr<queue::Attempt> attempt;
      {
        std::lock_guard lock(script->mutex);
        attempt = script->hung.front();
        script->hung.clear();
      }
      script->hang = false;
      env.failAt(n, EIO, true);
      (void)script->begin(attempt);
      attempt.reset();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      env.heal();
      CPPUNIT_ASSERT(house.until([&] {
        house.pass(30);
        house.queue.sweepNow();
        return house.queue.size() == 0;
      }));
      CPPUNIT_ASSERT_EQUAL(size_t{1}, boxes.notifications.size());
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(QueueTest);

}  // namespace
