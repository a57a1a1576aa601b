// Histories of messages: found by what people know of them, joined, bounded.
#include "trace/trace.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <fstream>

using posthouse::log::Field;
using posthouse::log::Level;
using posthouse::trace::Trace;

namespace {

class TraceTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(TraceTest);
  CPPUNIT_TEST(findsByWhatIsKnown);
  CPPUNIT_TEST(followsNotifications);
  CPPUNIT_TEST(theNewestFirst);
  CPPUNIT_TEST(survivesRestartsAndDamage);
  CPPUNIT_TEST(staysSmall);
  CPPUNIT_TEST(takesOnlyLinesOfMessages);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    char name[] = "/tmp/ph-trace-XXXXXX";
    folder_ = mkdtemp(name);
    open(1 << 20);
  }
  void tearDown() override {
    trace_.reset();
    std::filesystem::remove_all(folder_);
  }

  void findsByWhatIsKnown() {
    say("reception", {{"txn", "aaa"}, {"cid", "7"}, {"from", "Ann@Our.example"}, {"remote", "192.0.2.1"}});
    say("recipient", {{"txn", "aaa"}, {"to", "bob@far.example"}});
    say("message accepted", {{"txn", "aaa"}, {"message_id", "<X.1@our.example>"}});
    say("delivered", {{"txn", "aaa"}, {"to", "bob@far.example"}, {"reply", "danke \xe4"}});
    say("reception", {{"txn", "bbb"}, {"from", "ann@our.example.org"}, {"text", "ann@our.example"}});
    for (const char* what :
         {"ann@our.example", "BOB@far.example", "<x.1@our.example>", "x.1@our.example", "aaa", "7"}) {
      const auto found = trace_->find(what, 10);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(what, size_t{1}, found->size());
      CPPUNIT_ASSERT_EQUAL(std::string("aaa"), found->front().txn);
      CPPUNIT_ASSERT_EQUAL(size_t{4}, found->front().steps.size());
      const auto& last = found->front().steps.back();
      CPPUNIT_ASSERT_EQUAL(std::string("delivered"), last.text);
      CPPUNIT_ASSERT_EQUAL(std::string("danke \xef\xbf\xbd"), last.fields["reply"].string());
    }
    for (const char* what : {"our.example", "an@our.example", "192.0.2.1", "nobody"})
      CPPUNIT_ASSERT(trace_->find(what, 10)->empty());
    CPPUNIT_ASSERT(!trace_->find(" <> ", 10).ok());
  }

  void followsNotifications() {
    say("bounced", {{"txn", "aaa"}, {"to", "bob@far.example"}});
    say("sender is told", {{"txn", "aaa"}, {"notification", "aaa.0"}});
    say("stored", {{"txn", "aaa.0"}, {"to", "ann@our.example"}});
    say("sender notified", {{"txn", "ccc"}, {"to", "ann@our.example"}, {"notification", "ddd"}});
    say("delivered", {{"txn", "ddd"}, {"to", "ann@our.example"}});
    say("delivered", {{"txn", "aaaa"}, {"to", "other@our.example"}});
    CPPUNIT_ASSERT_EQUAL(size_t{3}, trace_->find("bob@far.example", 10)->front().steps.size());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, trace_->find("ccc", 10)->front().steps.size());
  }

  void theNewestFirst() {
    for (int i = 0; i < 30; ++i) say("stored", {{"txn", "m" + std::to_string(i) + "x"}, {"to", "ann@our.example"}});
    const auto found = trace_->find("ann@our.example", 2);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, found->size());
    CPPUNIT_ASSERT_EQUAL(std::string("m28x"), (*found)[0].txn);
    CPPUNIT_ASSERT_EQUAL(std::string("m29x"), (*found)[1].txn);
  }

  void survivesRestartsAndDamage() {
    say("one", {{"txn", "aaa"}});
    open(1 << 20);
    say("two", {{"txn", "aaa"}});
    trace_->flush();
    for (const auto& f : std::filesystem::directory_iterator(folder_)) {
      std::ofstream(f.path(), std::ios::app) << "{\"t\":1,\"txn\":\"aaa";  // the machine stopped here
    }
    open(1 << 20);
    say("three", {{"txn", "aaa"}});
    CPPUNIT_ASSERT_EQUAL(size_t{3}, trace_->find("aaa", 10)->front().steps.size());
  }

  void staysSmall() {
    constexpr uint64_t kBytes = 2 << 20;
    open(kBytes);
    for (int i = 0; i < 20000; ++i)
      say("stored", {{"txn", "m" + std::to_string(i) + "x"}, {"text", std::string(5000, 'x')}});
    trace_->flush();
    uint64_t size = 0;
    for (const auto& f : std::filesystem::directory_iterator(folder_)) size += f.file_size();
    CPPUNIT_ASSERT(size > kBytes / 2 && size < kBytes * 3 / 2);
    CPPUNIT_ASSERT(trace_->find("m3x", 1)->empty());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, trace_->find("m19999x", 1)->size());
  }

  // The historian hears of messages alone, and whatever the levels are.
  void takesOnlyLinesOfMessages() {
    const posthouse::log::Log log("trace-test");
    posthouse::log::setLevel("trace-test", Level::Error);
    posthouse::log::setHistorian([this](const posthouse::log::Line& line) { trace_->add(line); });
    log.info("with", {{"txn", "aaa"}});
    log.history("history", {{"txn", "aaa"}});
    log.debug("debug", {{"txn", "aaa"}});
    log.info("without", {{"to", "aaa"}});
    log.info("empty", {{"txn", ""}, {"to", "aaa"}});
    posthouse::log::setHistorian({});
    log.info("late", {{"txn", "aaa"}});
    const auto found = trace_->find("aaa", 10);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, found->size());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, found->front().steps.size());
    CPPUNIT_ASSERT_EQUAL(std::string("trace-test"), found->front().steps[0].module);
  }

 private:
  void open(uint64_t bytes) {
    trace_.reset();
    auto opened = Trace::open(folder_, bytes);
    CPPUNIT_ASSERT(opened.ok());
    trace_ = std::move(*opened);
  }
  void say(std::string_view text, const std::vector<std::pair<std::string, std::string>>& fields) {
    std::vector<Field> list;
    for (const auto& [k, v] : fields) list.push_back({k, v});
    trace_->add({Level::Info, "test", text, list.data(), list.size()});
  }

  std::string folder_;
  std::unique_ptr<Trace> trace_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(TraceTest);

}  // namespace
