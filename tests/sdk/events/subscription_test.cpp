// ph::Subscription on the testkit: at least once, in order, whatever fails.
#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>

#include "ph/events.hpp"
#include "testkit/fake_host.hpp"

namespace {

using ph::Subscription;

class SubscriptionTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SubscriptionTest);
  CPPUNIT_TEST(givesAllInOrderAndKeepsTheCursor);
  CPPUNIT_TEST(goesOnWhereTheLastOneStopped);
  CPPUNIT_TEST(whatFailedComesAgain);
  CPPUNIT_TEST(whatThrewComesAgain);
  CPPUNIT_TEST(aCursorThatIsNotKeptMeansAgain);
  CPPUNIT_TEST(aGapIsTold);
  CPPUNIT_TEST(newestDoesNotCareForThePast);
  CPPUNIT_TEST(aLostWakeUpIsMadeUpFor);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    fake_ = std::make_unique<ph::testkit::FakeHost>();
    host_ = std::make_unique<ph::Host>(&fake_->raw);
    seen_.clear();
  }
  void publish(int n) {
    for (int i = 0; i < n; ++i) fake_->events.publish(&fake_->raw, "e", "ann", "{}");
  }
  // Time enough for the timer and all that follows.
  void settle() {
    fake_->advance(5000);
    fake_->runJobs();
  }
  std::unique_ptr<Subscription> subscribe(Subscription::Handler handler, Subscription::Begin begin,
                                          Subscription::Gap gap = {}) {
    fake_->events.subscribers.clear();
    fake_->timers.clear();
    auto s = std::make_unique<Subscription>(*host_, "c", std::move(handler), begin, std::move(gap));
    CPPUNIT_ASSERT(s->begin().ok());
    settle();
    return s;
  }
  std::unique_ptr<Subscription> collect(Subscription::Begin begin = Subscription::Begin::Oldest) {
    return subscribe([this](const auto& batch) { return take(batch); }, begin);
  }
  ph::Status take(const std::vector<ph::Event>& batch) {
    for (const auto& e : batch) seen_.push_back(e.seq);
    return {};
  }
  static std::vector<uint64_t> range(uint64_t from, uint64_t to) {
    std::vector<uint64_t> out;
    for (uint64_t i = from; i <= to; ++i) out.push_back(i);
    return out;
  }

  void givesAllInOrderAndKeepsTheCursor() {
    publish(12'000);  // more than one turn on the worker
    const auto s = collect();
    CPPUNIT_ASSERT(seen_ == range(1, 12'000));
    publish(2);
    fake_->runJobs();
    CPPUNIT_ASSERT(seen_ == range(1, 12'002));
    CPPUNIT_ASSERT_EQUAL(uint64_t{12'002}, fake_->events.cursors["c"]);
  }

  void goesOnWhereTheLastOneStopped() {
    publish(3);
    collect();
    publish(2);
    collect();
    CPPUNIT_ASSERT(seen_ == range(1, 5));
  }

  void whatFailedComesAgain() {
    publish(3);
    int failures = 2;
    const auto s = subscribe(
        [&](const auto& batch) -> ph::Status {
          if (failures-- > 0) return ph::Error{ph::Kind::Temporary, "disk full"};
          return take(batch);
        },
        Subscription::Begin::Oldest);
    CPPUNIT_ASSERT(seen_.empty());
    CPPUNIT_ASSERT_EQUAL(uint64_t{0}, fake_->events.cursors["c"]);
    settle();
    settle();
    CPPUNIT_ASSERT(seen_ == range(1, 3));
    CPPUNIT_ASSERT_EQUAL(uint64_t{3}, fake_->events.cursors["c"]);
  }

  void whatThrewComesAgain() {
    publish(1);
    bool thrown = false;
    const auto s = subscribe(
        [&](const auto& batch) -> ph::Status {
          if (!std::exchange(thrown, true)) throw std::runtime_error("on purpose");
          return take(batch);
        },
        Subscription::Begin::Oldest);
    CPPUNIT_ASSERT(thrown && seen_.empty());
    settle();
    CPPUNIT_ASSERT(seen_ == range(1, 1));
  }

  void aCursorThatIsNotKeptMeansAgain() {
    publish(2);
    fake_->events.cursorBroken = true;
    {
      const auto s = collect();
      publish(1);
      settle();
      CPPUNIT_ASSERT(seen_ == range(1, 3));  // within one life none comes twice
    }
    fake_->events.cursorBroken = false;
    const auto s = collect();
    CPPUNIT_ASSERT((seen_ == std::vector<uint64_t>{1, 2, 3, 1, 2, 3}));
  }

  void aGapIsTold() {
    publish(2);
    collect();
    publish(5);
    fake_->events.drop(6);
    uint64_t first = 0;
    const auto s = subscribe([this](const auto& batch) { return take(batch); }, Subscription::Begin::Oldest,
                             [&](uint64_t oldest) { first = oldest; });
    CPPUNIT_ASSERT_EQUAL(uint64_t{6}, first);
    CPPUNIT_ASSERT((seen_ == std::vector<uint64_t>{1, 2, 6, 7}));
  }

  void newestDoesNotCareForThePast() {
    publish(4);
    {
      const auto s = collect(Subscription::Begin::Newest);
      CPPUNIT_ASSERT(seen_.empty());
      publish(1);
      fake_->runJobs();
      CPPUNIT_ASSERT(seen_ == range(5, 5));
    }
    publish(1);
    const auto s = collect(Subscription::Begin::Newest);  // now there is a cursor
    CPPUNIT_ASSERT(seen_ == range(5, 6));
  }

  void aLostWakeUpIsMadeUpFor() {
    const auto s = collect();
    publish(1);
    fake_->jobs.clear();
    fake_->runJobs();
    CPPUNIT_ASSERT(seen_.empty());
    settle();
    CPPUNIT_ASSERT(seen_ == range(1, 1));
  }

 private:
  std::unique_ptr<ph::testkit::FakeHost> fake_;
  std::unique_ptr<ph::Host> host_;
  std::vector<uint64_t> seen_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(SubscriptionTest);

}  // namespace
