// Fails every call of the disk once, or from there on, with each error that happens in life. The step that meets it
// must answer Temporary or Limit, and when the cause is gone everything goes on without a restart and without a loss.
#include <cerrno>

#include "scenario.hpp"

namespace posthouse::store::testing {

class IoErrorTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(IoErrorTest);
  CPPUNIT_TEST(ioErrorOnce);
  CPPUNIT_TEST(ioErrorsLasting);
  CPPUNIT_TEST(diskFull);
  CPPUNIT_TEST(readOnlyDisk);
  CPPUNIT_TEST(noDescriptors);
  CPPUNIT_TEST(noMemory);
  CPPUNIT_TEST(failedSyncIsNotBelieved);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    env::FaultEnv env;
    Scenario scenario(env);
    states_.push_back(must(scenario.state()));
    for (std::size_t i = 0; i < Scenario::steps(); ++i) {
      must(scenario.run(i));
      states_.push_back(must(scenario.state()));
    }
  }

  void ioErrorOnce() { all(EIO, false, 1); }
  void ioErrorsLasting() { all(EIO, true, 3); }
  void diskFull() {
    all(ENOSPC, false, 3);
    all(ENOSPC, true, 3);
  }
  void readOnlyDisk() { all(EROFS, true, 5); }
  void noDescriptors() { all(EMFILE, true, 5); }
  void noMemory() { all(ENOMEM, false, 5); }

  // After a failed sync of the WAL the lost pages look written. What is acknowledged later must not build on them.
  void failedSyncIsNotBelieved() {
    bool met = false;
    for (unsigned n = 1; n < 100 && !met; ++n) {
      env::FaultEnv env;
      Scenario scenario(env);
      for (std::size_t i = 0; i < 4; ++i) must(scenario.run(i));
      env.failAt(n, EIO, false);
      const auto done = scenario.append("try", "INBOX", "key");
      met = !done && done.error().text.find("(1034)") != std::string::npos;  // SQLITE_IOERR_FSYNC
      env.heal();
      must(scenario.append("try", "INBOX", "key"));
      const auto before = must(scenario.state());
      powerCut(env, scenario);
      must(scenario.reopen());
      CPPUNIT_ASSERT_EQUAL(before, must(scenario.state()));
    }
    CPPUNIT_ASSERT(met);
  }

 private:
  static void powerCut(env::FaultEnv& env, Scenario& scenario) {
    env.cutAt(1);
    (void)env.makeFolder("off");
    scenario.close();
    env.powerCut(env::Cut::Drop, 0);
  }

  void all(int code, bool lasting, unsigned stride) {
    for (unsigned n = 1; one(code, lasting, n); n += stride) continue;
  }

  // False when the scenario has fewer calls than that.
  bool one(int code, bool lasting, unsigned n) {
    const auto where = "errno " + std::to_string(code) + " at call " + std::to_string(n) + ": ";
    env::FaultEnv env;
    Scenario scenario(env);
    env.failAt(n, code, lasting);
    std::size_t step = 0;
    ph::Status status;
    while (step < Scenario::steps() && (status = scenario.run(step))) ++step;
    const bool met = env.calls() >= n;
    env.heal();
    if (!status) {
      const auto kind = status.error().kind;
      CPPUNIT_ASSERT_MESSAGE(where + status.error().text, kind == ph::Kind::Temporary || kind == ph::Kind::Limit);
    }
    // Looking at everything also reopens what needs it; the failed step may turn out to be done after all.
    if (step < Scenario::steps() && scenario.account()) {
      const auto report = verify(*scenario.account(), {true, false});
      CPPUNIT_ASSERT_MESSAGE(where + (report ? "" : report.error().text), report.ok());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(where, std::string(), problems(*report));
      const auto state = must(scenario.state());
      if (state == states_[step + 1] && state != states_[step]) {
        ++step;
      } else {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(where + "after step " + std::to_string(step), states_[step], state);
      }
    }
    CPPUNIT_ASSERT_EQUAL_MESSAGE(where + "does not go on", Scenario::steps(), scenario.runAll(step));
    CPPUNIT_ASSERT_EQUAL_MESSAGE(where, states_.back(), must(scenario.state()));
    powerCut(env, scenario);
    must(scenario.reopen());
    CPPUNIT_ASSERT_EQUAL_MESSAGE(where + "lost by a power cut later", states_.back(), must(scenario.state()));
    return met;
  }

  std::vector<std::string> states_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(IoErrorTest);

}  // namespace posthouse::store::testing
