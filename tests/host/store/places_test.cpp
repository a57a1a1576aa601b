// Files made ahead for accounts that append often: used, no strays, gone with the account, removed after a crash.
#include "store_fixture.hpp"

#include "store/places.hpp"

namespace posthouse::store::testing {

class PlacesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PlacesTest);
  CPPUNIT_TEST(names);
  CPPUNIT_TEST(areUsedAndGoWithTheAccount);
  CPPUNIT_TEST(areRemovedAfterACrash);
  CPPUNIT_TEST(notForRareMail);
  CPPUNIT_TEST_SUITE_END();

 public:
  void names() {
    const std::tuple<const char*, MessageId, MessageId> cases[] = {
        {"7", 7, 7},        {"7-9", 7, 9}, {"9-9", 9, 9},    {"", 1, 0},
        {"-7", 1, 0},       {"7-", 1, 0},  {"7-9x", 1, 0},   {"x", 1, 0},
        {"1-999999", 1, 0}, {"0-4", 1, 0}, {"7-9-11", 1, 0}, {"99999999999999999999", 1, 0}};
    for (const auto& [name, first, last] : cases) {
      const auto ids = idsNamedBy(name);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name, first, ids.first);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name, last, ids.last);
    }
  }

  void areUsedAndGoWithTheAccount() {
    open();
    for (int i = 0; i < 10; ++i) add(i);
    CPPUNIT_ASSERT_EQUAL(std::size_t{12}, files());  // the third and the eighth made four each, two are left
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, rows(*account_, inbox()).size());
    assertClean(*account_);
    close();
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, files());
    CPPUNIT_ASSERT(must(env_.list("data/ann/tmp")).empty());
  }

  void areRemovedAfterACrash() {
    open();
    for (int i = 0; i < 6; ++i) add(i);
    CPPUNIT_ASSERT(files() > 6);
    env_.cutAt(1);
    close();
    env_.powerCut(env::Cut::Keep, 0);
    open();
    CPPUNIT_ASSERT_EQUAL(std::size_t{6}, files());
    CPPUNIT_ASSERT(must(env_.list("data/ann/tmp")).empty());
    assertClean(*account_);
  }

  void notForRareMail() {
    open();
    for (int i = 0; i < 10; ++i) {
      add(i);
      now_ += 5;
    }
    CPPUNIT_ASSERT_EQUAL(std::size_t{10}, files());
  }

 private:
  void open() {
    auto options = testOptions();
    options.places = 4;
    options.now = [this] { return now_; };
    store_ = std::make_unique<Store>(env_, "data", options);
    account_ = must(store_->openOrCreate("ann"));
  }
  void close() {
    account_.reset();
    store_.reset();
  }
  void add(int number) {
    const auto message = text("m" + std::to_string(number), 500);
    must(account_->append(request(message, "INBOX")));
  }
  MailboxId inbox() { return must(account_->mailbox("INBOX")).id; }
  std::size_t files() { return must(env_.list("data/ann/msg/0")).size(); }

  env::FaultEnv env_;
  std::int64_t now_ = 1'700'000'000;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PlacesTest);

}  // namespace posthouse::store::testing
