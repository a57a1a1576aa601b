#include "app/process_one/restarts.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "app/process_one/blame.hpp"

using namespace posthouse::app;
using namespace std::chrono_literals;

namespace {

class RestartsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RestartsTest);
  CPPUNIT_TEST(waitsGrowUntilItIsGivenUp);
  CPPUNIT_TEST(servingEndsARow);
  CPPUNIT_TEST(blame);
  CPPUNIT_TEST_SUITE_END();

 public:
  void waitsGrowUntilItIsGivenUp() {
    Restarts r;
    for (const auto wait : {0ms, 100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 6400ms, 10000ms}) {
      const auto got = r.died(1s);
      CPPUNIT_ASSERT(got && *got == wait);
    }
    CPPUNIT_ASSERT(!r.died(0s));
    r.forget();
    CPPUNIT_ASSERT(r.died(0s) == 0ms);
  }

  void servingEndsARow() {
    Restarts r;
    for (int i = 0; i < 100; ++i) CPPUNIT_ASSERT(r.died(Restarts::kSteady) == 0ms);
    CPPUNIT_ASSERT(r.died(Restarts::kSteady - 1ms) == 100ms);
  }

  void blame() {
    Blame b;
    const Blame::Clock::time_point t{};
    b.crashed("a", t);
    b.crashed("b", t);
    b.crashed("a", t + 30min);
    b.crashed("a", t + 61min);  // the first one is forgotten
    CPPUNIT_ASSERT(b.quarantined().empty());
    b.crashed("a", t + 62min);
    CPPUNIT_ASSERT(b.quarantined() == std::vector<std::string>{"a"});
    b.crashed("a", t + 300min);  // nothing forgets it any more
    CPPUNIT_ASSERT(b.quarantined() == std::vector<std::string>{"a"});
    b.pardon("a");
    b.crashed("a", t + 301min);
    CPPUNIT_ASSERT(b.quarantined().empty());
    for (size_t i = 0; i < 3 * Blame::kMaxPlugins; ++i) {
      for (size_t n = 0; n < Blame::kCrashes; ++n) b.crashed(std::to_string(i), t);
    }
    CPPUNIT_ASSERT(b.quarantined().size() <= Blame::kMaxPlugins);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RestartsTest);

}  // namespace
