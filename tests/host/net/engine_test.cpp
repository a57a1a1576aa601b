// The event loop: nobody waits for somebody else's long run, nothing is lost and nothing runs twice at once.
#include "net/engine.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <functional>
#include <future>

using namespace posthouse::net;
using std::chrono::milliseconds;

namespace {

class Runner : public Parked {
 public:
  explicit Runner(std::function<Park(uint32_t)> run, int fd = -1) : run_(std::move(run)), fd_(fd) {}
  ~Runner() override {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const override { return fd_; }
  Park run(uint32_t why) override { return run_(why); }

 private:
  const std::function<Park(uint32_t)> run_;
  const int fd_;
};

uint64_t park(Engine& engine, std::function<Park(uint32_t)> run, int fd = -1) {
  const auto id = engine.reserveId();
  CPPUNIT_ASSERT(engine.add(std::make_shared<Runner>(std::move(run), fd), id, 1));
  return id;
}

// The time between a wake and the run it leads to.
class Bell {
 public:
  explicit Bell(Engine& engine) : engine_(engine) {
    id_ = park(engine, [this](uint32_t why) {
      if (why & 2) rung_.set_value();
      return Park::Nothing;
    });
  }
  bool within(milliseconds limit) {
    rung_ = {};
    auto done = rung_.get_future();
    CPPUNIT_ASSERT(engine_.wake(id_, 2));
    const bool soon = done.wait_for(limit) == std::future_status::ready;
    done.wait();
    return soon;
  }

 private:
  Engine& engine_;
  uint64_t id_ = 0;
  std::promise<void> rung_;
};

}  // namespace

class EngineTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EngineTest);
  CPPUNIT_TEST(longRunsStopNobody);
  CPPUNIT_TEST(noWakeIsLost);
  CPPUNIT_TEST(descriptorsAndWakesTakeTurns);
  CPPUNIT_TEST(endsWithRunsUnderWay);
  CPPUNIT_TEST_SUITE_END();

  // As many as there can be workers but one: each blocks a worker, in the middle of what that one had taken.
  void longRunsStopNobody() {
    std::promise<void> end;
    const auto ended = end.get_future().share();
    Engine engine(2, 12);
    Bell bell(engine);
    for (int blocked = 0; blocked < 11; ++blocked) {
      CPPUNIT_ASSERT_MESSAGE(std::to_string(blocked), bell.within(milliseconds(2000)));
      park(engine, [ended](uint32_t) {
        ended.wait();
        return Park::Close;
      });
    }
    CPPUNIT_ASSERT(bell.within(milliseconds(2000)));
    end.set_value();
  }

  // Each wake is followed by a run that begins after it; an object is in one run at a time.
  void noWakeIsLost() {
    constexpr int kObjects = 50, kWakes = 400;
    struct Object {
      std::atomic<int> wanted{0}, seen{0}, inside{0};
      std::atomic<bool> twice{false};
    };
    std::vector<Object> objects(kObjects);
    std::vector<uint64_t> ids;
    Engine engine(2, 8);
    for (auto& o : objects)
      ids.push_back(park(engine, [&o](uint32_t) {
        if (++o.inside != 1) o.twice = true;
        o.seen = o.wanted.load();
        --o.inside;
        return Park::Nothing;
      }));
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < kWakes * kObjects; ++i) {
          const auto n = static_cast<size_t>((i * 7 + t) % kObjects);
          ++objects[n].wanted;
          engine.wake(ids[n], 2);
        }
      });
    for (auto& t : threads) t.join();
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    for (auto& o : objects) {
      while (o.seen != o.wanted && Clock::now() < deadline) std::this_thread::sleep_for(milliseconds(1));
      CPPUNIT_ASSERT_EQUAL(o.wanted.load(), o.seen.load());
      CPPUNIT_ASSERT(!o.twice);
    }
  }

  // More of both than one batch holds, all the time ready.
  void descriptorsAndWakesTakeTurns() {
    constexpr int kEach = 60, kRounds = 100;
    std::vector<std::atomic<int>> runs(2 * kEach);
    Engine engine(2, 4);
    for (int i = 0; i < kEach; ++i) {
      auto& ready = runs[static_cast<size_t>(i)];
      const auto count = [](std::atomic<int>& n, Park again) { return ++n < kRounds ? again : Park::Close; };
      park(
          engine, [&ready, count](uint32_t) { return count(ready, Park::Read); }, eventfd(1, EFD_CLOEXEC));
      auto& queued = runs[static_cast<size_t>(kEach + i)];
      park(engine, [&queued, count](uint32_t) { return count(queued, Park::Again); });
    }
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    while (engine.size() > 0 && Clock::now() < deadline) std::this_thread::sleep_for(milliseconds(1));
    for (auto& n : runs) CPPUNIT_ASSERT_EQUAL(kRounds, n.load());
  }

  void endsWithRunsUnderWay() {
    for (int i = 0; i < 50; ++i) {
      std::atomic<bool> stop{false};
      std::thread waker;
      {
        Engine engine(2, 4);
        std::vector<uint64_t> ids;
        for (int n = 0; n < 20; ++n) ids.push_back(park(engine, [](uint32_t) { return Park::Again; }));
        waker = std::thread([&, ids] {
          for (size_t n = 0; !stop; ++n) engine.wake(ids[n % ids.size()], 2);
        });
        std::this_thread::sleep_for(milliseconds(i % 5));
        stop = true;
        waker.join();
      }
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EngineTest);
