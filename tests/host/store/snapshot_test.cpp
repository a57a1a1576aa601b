// Snapshots: when they are taken, what is kept, what a failure leaves.
#include <atomic>
#include <thread>

#include "rebuild_fixture.hpp"

namespace posthouse::store::testing {

class SnapshotTest : public RebuildFixture {
  CPPUNIT_TEST_SUITE(SnapshotTest);
  CPPUNIT_TEST(snapshotsAreTakenWhenDue);
  CPPUNIT_TEST(noSnapshotOnAFullDisk);
  CPPUNIT_TEST(twoSnapshotsAreKept);
  CPPUNIT_TEST(snapshotFailuresHurtNobody);
  CPPUNIT_TEST(snapshotsSurvivePowerCuts);
  CPPUNIT_TEST(writersDoNotWait);
  CPPUNIT_TEST_SUITE_END();

 public:
  void snapshotsAreTakenWhenDue() {
    must(account_->maintain());
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count());  // nothing happened yet
    add("a");
    must(account_->maintain());
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count());  // not idle
    now_ += 10;
    must(account_->maintain());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count());
    now_ += 2000;
    must(account_->maintain());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count());  // nothing changed
    add("b");
    must(account_->maintain());
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, count());  // overdue: no waiting for idleness
    add("c");
    now_ += 500;
    must(account_->maintain());
    CPPUNIT_ASSERT_EQUAL(now_.load() - 500, must(snapshotsOf(*env_, "data/ann")).front().time);
    assertClean(*account_);
  }

  void noSnapshotOnAFullDisk() {
    add("a");
    now_ += 10;
    env_->setSpace({1000, 1 << 20});
    CPPUNIT_ASSERT(account_->maintain().error().kind == ph::Kind::Limit);
    CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count());
    must(account_->maintain());  // told once a day
    env_->setSpace({1 << 20, 1 << 20});
    now_ += 1000;
    must(account_->maintain());
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count());
  }

  void twoSnapshotsAreKept() {
    for (int i = 0; i < 4; ++i) {
      add("m" + std::to_string(i));
      ++now_;
      must(account_->snapshot());
    }
    const auto all = must(snapshotsOf(*env_, "data/ann"));
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, all.size());
    CPPUNIT_ASSERT_EQUAL(now_.load(), all[0].time);
    CPPUNIT_ASSERT_EQUAL(now_.load() - 1, all[1].time);
    CPPUNIT_ASSERT_EQUAL(std::size_t{2}, must(env_->list("data/ann/snapshots")).size());
  }

  void snapshotFailuresHurtNobody() {
    add("a");
    must(account_->snapshot());
    int failures = 0;
    for (unsigned n = 1; n < 400; ++n) {
      ++now_;
      env_->failAt(n, 28, false);  // ENOSPC
      if (!account_->snapshot()) ++failures;
      env_->heal();
      CPPUNIT_ASSERT(count() >= 1);
    }
    CPPUNIT_ASSERT(failures > 10);
    add("b");
    must(account_->snapshot());
    assertClean(*account_);
  }

  void snapshotsSurvivePowerCuts() {
    for (unsigned at = 1;; ++at) {
      fresh();
      add("a");
      must(account_->snapshot());
      add("b");
      ++now_;
      env_->cutAt(at);
      (void)account_->snapshot();
      const bool off = env_->isOff();
      env_->cutAt(1);
      const auto disk = env_->disk();
      (void)env_->makeFolder("off");
      close();
      for (const auto cut : kCuts) {
        close();
        env_->powerCut(disk, cut, at);
        reopen();
        CPPUNIT_ASSERT_EQUAL(std::string("INBOX:a INBOX:b"), contents());
        const auto all = must(snapshotsOf(*env_, "data/ann"));
        CPPUNIT_ASSERT(!all.empty());
        for (const auto& s : all) assertSound(s.path);
      }
      if (!off) break;
      CPPUNIT_ASSERT(at < 1000);
    }
  }

  void writersDoNotWait() {
    for (int i = 0; i < 200; ++i) add("m" + std::to_string(i));
    std::atomic<bool> done{false};
    std::atomic<int> written{0};
    std::thread writer([&] {
      while (!done) {
        add("w" + std::to_string(written.load()));
        ++written;
      }
    });
    // On a busy machine the writer may come late.
    for (int i = 0; i < 5 || (written == 0 && i < 2000); ++i) {
      ++now_;
      must(account_->snapshot());
    }
    done = true;
    writer.join();
    CPPUNIT_ASSERT(written > 0);
    for (const auto& s : must(snapshotsOf(*env_, "data/ann"))) assertSound(s.path);
    assertClean(*account_);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SnapshotTest);

}  // namespace posthouse::store::testing
