#include "events/event_log.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

using posthouse::events::EventLog;
using posthouse::events::Journal;

namespace {

class EventLogTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EventLogTest);
  CPPUNIT_TEST(readsInOrderAcrossRestarts);
  CPPUNIT_TEST(oldOnesAreDroppedAndSaidSo);
  CPPUNIT_TEST(subscribersAreTold);
  CPPUNIT_TEST(whatAProcessLeftIsThereInTheNext);
  CPPUNIT_TEST(filesOfTheJournalTakeTurns);
  CPPUNIT_TEST(tornRecordEndsItsFile);
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
      (void)log->publish("a", "ann", "{\"n\":1}");
      (void)log->publish("b", "", "{}");
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
    (void)log->publish("c", "", "{}");
    log->flush();
    CPPUNIT_ASSERT_EQUAL((*rest)[0].seq + 1, log->read((*rest)[0].seq, 10, &first)->front().seq);
  }

  void oldOnesAreDroppedAndSaidSo() {
    auto log = open(3);
    for (int i = 0; i < 10; ++i) (void)log->publish("e", "", "{}");
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
    (void)log->publish("e", "", "{}");
    log->flush();
    for (int i = 0; i < 200 && seen == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CPPUNIT_ASSERT_EQUAL(uint64_t{1}, seen.load());
    CPPUNIT_ASSERT_EQUAL(uint64_t{1}, log->last());
    log->unsubscribe(id);
    (void)log->publish("e", "", "{}");
    log->flush();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CPPUNIT_ASSERT_EQUAL(uint64_t{1}, seen.load());
  }

  // What a killed process leaves: events in the journal that no batch has written.
  void whatAProcessLeftIsThereInTheNext() {
    {
      auto log = open();
      (void)log->publish("a", "", "{}");
      log->flush();
    }
    {
      auto opened = Journal::open(posthouse::env::posix(), folder_ + "/events.db.journal");
      Journal& journal = *opened;
      CPPUNIT_ASSERT_EQUAL(size_t{0}, journal.left()->size());
      CPPUNIT_ASSERT(journal.add({1, 5, "old", "", "{}"}).ok());  // in the database already
      CPPUNIT_ASSERT(journal.add({2, 7, "b", "ann", "{\"n\":2}"}).ok());
      CPPUNIT_ASSERT(journal.add({3, 8, "c", "", "{}"}).ok());
    }
    for (int opened = 0; opened < 2; ++opened) {
      auto log = open();
      uint64_t first = 0;
      const auto all = log->read(0, 10, &first);
      CPPUNIT_ASSERT_EQUAL(size_t{3}, all->size());
      CPPUNIT_ASSERT_EQUAL(std::string("a"), (*all)[0].name);
      CPPUNIT_ASSERT_EQUAL(std::string("ann"), (*all)[1].account);
      CPPUNIT_ASSERT_EQUAL(std::string("{\"n\":2}"), (*all)[1].data);
      CPPUNIT_ASSERT_EQUAL(int64_t{7}, (*all)[1].wallMs);
      CPPUNIT_ASSERT_EQUAL(uint64_t{3}, log->last());
    }
    auto log = open();
    (void)log->publish("d", "", "{}");
    log->flush();
    CPPUNIT_ASSERT_EQUAL(uint64_t{4}, log->last());
  }

  void filesOfTheJournalTakeTurns() {
    auto opened = Journal::open(posthouse::env::posix(), folder_ + "/j");
    Journal& journal = *opened;
    const std::string data(30000, 'x');
    for (uint64_t seq = 1; seq <= 8; ++seq) CPPUNIT_ASSERT(journal.add({seq, 0, "e", "", data}).ok());
    CPPUNIT_ASSERT(std::filesystem::file_size(folder_ + "/j.0") > 0);
    CPPUNIT_ASSERT(std::filesystem::file_size(folder_ + "/j.1") > 0);
    CPPUNIT_ASSERT_EQUAL(size_t{8}, journal.left()->size());
    journal.removeUpTo(7);
    CPPUNIT_ASSERT_EQUAL(uint64_t{8}, journal.left()->back().seq);
    CPPUNIT_ASSERT(journal.left()->size() < 8);
    journal.removeUpTo(8);
    CPPUNIT_ASSERT_EQUAL(size_t{0}, journal.left()->size());
    CPPUNIT_ASSERT_EQUAL(uintmax_t{0}, std::filesystem::file_size(folder_ + "/j.1"));
  }

  void tornRecordEndsItsFile() {
    {
      auto opened = Journal::open(posthouse::env::posix(), folder_ + "/j");
      Journal& journal = *opened;
      for (uint64_t seq = 1; seq <= 3; ++seq) CPPUNIT_ASSERT(journal.add({seq, 0, "e", "", "{}"}).ok());
    }
    const auto whole = std::filesystem::file_size(folder_ + "/j.0");
    for (uintmax_t size = 0; size < whole; ++size) {
      std::filesystem::resize_file(folder_ + "/j.0", size);
      std::filesystem::resize_file(folder_ + "/j.0", whole);  // zeros instead of the rest
      const auto left = Journal::open(posthouse::env::posix(), folder_ + "/j")->left();
      CPPUNIT_ASSERT(left.ok());
      CPPUNIT_ASSERT(left->size() < 3);
      std::filesystem::resize_file(folder_ + "/j.0", 0);
      auto opened = Journal::open(posthouse::env::posix(), folder_ + "/j");
      Journal& journal = *opened;
      for (uint64_t seq = 1; seq <= 3; ++seq) CPPUNIT_ASSERT(journal.add({seq, 0, "e", "", "{}"}).ok());
    }
  }

 private:
  std::string folder_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(EventLogTest);

}  // namespace
