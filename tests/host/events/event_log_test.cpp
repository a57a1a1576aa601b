#include "events/event_log.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

using posthouse::events::EventLog;

namespace {

class EventLogTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EventLogTest);
  CPPUNIT_TEST(readsInOrderAcrossRestarts);
  CPPUNIT_TEST(oldOnesAreDroppedAndSaidSo);
  CPPUNIT_TEST(subscribersAreTold);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    char name[] = "/tmp/ph-events-XXXXXX";
    folder_ = mkdtemp(name);
  }
  void tearDown() override { std::filesystem::remove_all(folder_); }
  std::unique_ptr<EventLog> open(uint64_t keep = 1000) {
    return std::move(*EventLog::open(folder_ + "/events.db", keep));
  }

  void readsInOrderAcrossRestarts() {
    uint64_t first = 0;
    {
      auto log = open();
      log->publish("a", "ann", "{\"n\":1}");
      log->publish("b", "", "{}");
      log->flush();
      const auto all = log->read(0, 10, &first);
      CPPUNIT_ASSERT_EQUAL(size_t{2}, all->size());
      CPPUNIT_ASSERT_EQUAL(std::string("ann"), (*all)[0].account);
      CPPUNIT_ASSERT(log->setCursor("plugin", "main", (*all)[0].seq).ok());
    }
    auto log = open();
    const uint64_t cursor = *log->cursor("plugin", "main");
    const auto rest = log->read(cursor, 10, &first);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, rest->size());
    CPPUNIT_ASSERT_EQUAL(std::string("b"), (*rest)[0].name);
    CPPUNIT_ASSERT_EQUAL(uint64_t{0}, *log->cursor("other", "main"));
    log->publish("c", "", "{}");
    log->flush();
    CPPUNIT_ASSERT_EQUAL((*rest)[0].seq + 1, log->read((*rest)[0].seq, 10, &first)->front().seq);
  }

  void oldOnesAreDroppedAndSaidSo() {
    auto log = open(3);
    for (int i = 0; i < 10; ++i) log->publish("e", "", "{}");
    log->flush();
    uint64_t first = 0;
    const auto gone = log->read(2, 10, &first);
    CPPUNIT_ASSERT(!gone.ok());
    CPPUNIT_ASSERT_EQUAL(static_cast<int>(ph::Kind::Conflict), static_cast<int>(gone.error().kind));
    CPPUNIT_ASSERT_EQUAL(uint64_t{8}, first);
    CPPUNIT_ASSERT_EQUAL(size_t{3}, log->read(7, 10, &first)->size());
  }

  void subscribersAreTold() {
    auto log = open();
    std::atomic<uint64_t> seen{0};
    const uint64_t id = log->subscribe([&](uint64_t seq) { seen = seq; });
    log->publish("e", "", "{}");
    log->flush();
    for (int i = 0; i < 200 && seen == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CPPUNIT_ASSERT_EQUAL(uint64_t{1}, seen.load());
    log->unsubscribe(id);
    log->publish("e", "", "{}");
    log->flush();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CPPUNIT_ASSERT_EQUAL(uint64_t{1}, seen.load());
  }

 private:
  std::string folder_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(EventLogTest);

}  // namespace
