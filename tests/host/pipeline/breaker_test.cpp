#include "pipeline/breaker.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse::pipeline;
using std::chrono::milliseconds;

namespace {

class BreakerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BreakerTest);
  CPPUNIT_TEST(opensAfterFaultsInARow);
  CPPUNIT_TEST(oneTrialAtATimeAndDoublingPauses);
  CPPUNIT_TEST(oldCallsSayNothing);
  CPPUNIT_TEST_SUITE_END();

  using Admission = Breaker::Admission;
  using Change = Breaker::Change;

  void trip(Breaker& b) {
    CPPUNIT_ASSERT(b.failed(Admission::Yes, now_) == Change::None);
    CPPUNIT_ASSERT(b.failed(Admission::Yes, now_) == Change::Opened);
  }

 public:
  void opensAfterFaultsInARow() {
    Breaker b(kOptions);
    b.failed(Admission::Yes, now_);
    b.succeeded(Admission::Yes);
    trip(b);
    CPPUNIT_ASSERT(b.admit(now_ + milliseconds(99)) == Admission::No);
  }

  void oneTrialAtATimeAndDoublingPauses() {
    Breaker b(kOptions);
    trip(b);
    for (const int pause : {200, 300, 300}) {
      now_ += b.pause();
      CPPUNIT_ASSERT(b.admit(now_) == Admission::Trial);
      CPPUNIT_ASSERT(b.admit(now_) == Admission::No);
      b.dropped(Admission::Trial);
      CPPUNIT_ASSERT(b.admit(now_) == Admission::Trial);
      CPPUNIT_ASSERT(b.failed(Admission::Trial, now_) == Change::Longer);
      CPPUNIT_ASSERT(b.pause() == milliseconds(pause));
    }
    now_ += b.pause();
    CPPUNIT_ASSERT(b.succeeded(b.admit(now_)) == Change::Closed);
    CPPUNIT_ASSERT(b.admit(now_) == Admission::Yes);
    CPPUNIT_ASSERT(b.pause() == milliseconds(100));
  }

  void oldCallsSayNothing() {
    Breaker b(kOptions);
    trip(b);
    CPPUNIT_ASSERT(b.succeeded(Admission::Yes) == Change::None);
    CPPUNIT_ASSERT(b.failed(Admission::Yes, now_) == Change::None);
    CPPUNIT_ASSERT(b.state() == Breaker::State::Open);
  }

 private:
  static constexpr BreakerOptions kOptions{2, milliseconds(100), milliseconds(300)};
  Breaker::Clock::time_point now_ = Breaker::Clock::now();
};
CPPUNIT_TEST_SUITE_REGISTRATION(BreakerTest);

}  // namespace
