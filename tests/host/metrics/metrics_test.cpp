#include "metrics/metrics.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <optional>
#include <thread>

using namespace posthouse::metrics;

namespace {

const Counters kCounters("test_counted_total", "Counted.", {"kind", "result"});
const Gauges kGauges("test_level", "Up and down.");
const Histograms kHistograms("test_seconds", "Took.", {"what"});

bool has(const std::string& line) {
  return ("\n" + text()).find("\n" + line + "\n") != std::string::npos;
}

class MetricsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MetricsTest);
  CPPUNIT_TEST(counters);
  CPPUNIT_TEST(countersOfManyThreads);
  CPPUNIT_TEST(gauges);
  CPPUNIT_TEST(histograms);
  CPPUNIT_TEST(readings);
  CPPUNIT_TEST_SUITE_END();

 public:
  void counters() {
    kCounters.with({"a", "ok"}).add();
    kCounters.with({"a", "ok"}).add(2);
    kCounters.with({"b\"\n", "ok"}).add();
    CPPUNIT_ASSERT(has("test_counted_total{kind=\"a\",result=\"ok\"} 3"));
    CPPUNIT_ASSERT(has("test_counted_total{kind=\"b\\\"\\n\",result=\"ok\"} 1"));
    CPPUNIT_ASSERT(has("# TYPE test_counted_total counter"));
  }
  void countersOfManyThreads() {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 1000; ++i) kCounters.with({"threads", "ok"}).add();
      });
    }
    for (auto& t : threads) t.join();
    CPPUNIT_ASSERT(has("test_counted_total{kind=\"threads\",result=\"ok\"} 4000"));
  }
  void gauges() {
    const Gauge g = kGauges.with();
    g.add(3);
    g.add(-1);
    CPPUNIT_ASSERT(has("test_level 2"));
  }
  void histograms() {
    const Histogram h = kHistograms.with({"x"});
    h.observe(0.003);
    h.observe(100);
    CPPUNIT_ASSERT(has("test_seconds_count{what=\"x\"} 2"));
    CPPUNIT_ASSERT(has("test_seconds_bucket{what=\"x\",le=\"0.005\"} 1"));
    CPPUNIT_ASSERT(has("test_seconds_bucket{what=\"x\",le=\"+Inf\"} 2"));
  }
  void readings() {
    double value = 7;
    {
      const Reading r("test_read", "Read.", [&] { return std::vector<Reading::Sample>{{{{"who", "me"}}, value}}; });
      CPPUNIT_ASSERT(has("test_read{who=\"me\"} 7"));
      value = 8;
      CPPUNIT_ASSERT(has("test_read{who=\"me\"} 8"));
    }
    CPPUNIT_ASSERT(text().find("test_read") == std::string::npos);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(MetricsTest);

}  // namespace
