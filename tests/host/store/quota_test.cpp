// Quota: what fits, what does not, what a change of the limit does, and many writers at once.
#include <atomic>
#include <thread>

#include "store_fixture.hpp"

namespace posthouse::store::testing {

class QuotaTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(QuotaTest);
  CPPUNIT_TEST(refusesWhatDoesNotFit);
  CPPUNIT_TEST(countsCopiesButNotMoves);
  CPPUNIT_TEST(followsANewLimit);
  CPPUNIT_TEST(holdsAgainstManyWriters);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    store_ = std::make_unique<Store>(env_, "data", testOptions());
    account_ = must(store_->create("ann"));
    inbox_ = must(account_->mailbox("INBOX")).id;
    archive_ = must(account_->mailbox("Archive")).id;
  }
  void tearDown() override { assertClean(*account_); }

  void limit(std::uint64_t bytes) {
    AccountSettings settings;
    settings.quota = bytes;
    store_->setSettings({{"ann", std::make_shared<const AccountSettings>(settings)}});
  }
  template <class T>
  static void assertFull(const ph::Result<T>& result) {
    CPPUNIT_ASSERT(!result);
    CPPUNIT_ASSERT(result.error().kind == ph::Kind::Quota);
  }

  void refusesWhatDoesNotFit() {
    const auto message = text("m", 1000);
    limit(2 * message.size());
    must(account_->append(request(message)));
    must(account_->append(request(message)));
    assertFull(account_->append(request("x")));
    const auto usage = must(account_->usage());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2 * message.size()}, usage.bytes);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{2 * message.size()}, usage.limit);
    must(account_->expunge(inbox_, {{1, 1}}, true));
    must(account_->append(request(message)));
  }

  void countsCopiesButNotMoves() {
    const auto message = text("m", 1000);
    limit(3 * message.size());
    must(account_->append(request(message)));
    must(account_->append(request(message)));
    assertFull(account_->copy(inbox_, kAll, archive_));
    CPPUNIT_ASSERT_EQUAL(0U, must(account_->mailbox(archive_)).messages);
    must(account_->copy(inbox_, {{1, 1}}, archive_));
    must(account_->move(inbox_, kAll, archive_));
  }

  void followsANewLimit() {
    const auto message = text("m", 1000);
    limit(message.size());
    must(account_->append(request(message)));
    limit(10);
    assertFull(account_->append(request("x")));
    limit(0);
    must(account_->append(request(message)));
    account_.reset();
    store_->closeIdle(0);
    limit(1);
    account_ = must(store_->open("ann"));
    assertFull(account_->append(request("x")));
  }

  void holdsAgainstManyWriters() {
    const auto message = text("m", 1000);
    limit(10 * message.size());
    std::atomic<int> stored{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          if (account_->append(request(message))) ++stored;
        }
      });
    for (auto& t : threads) t.join();
    CPPUNIT_ASSERT_EQUAL(10, stored.load());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{10 * message.size()}, must(account_->usage()).bytes);
  }

 private:
  env::FaultEnv env_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Account> account_;
  MailboxId inbox_ = 0;
  MailboxId archive_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(QuotaTest);

}  // namespace posthouse::store::testing
