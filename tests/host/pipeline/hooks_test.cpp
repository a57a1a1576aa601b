#include "pipeline/hooks.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "log/log.hpp"
#include "ph/text.hpp"
#include "pipeline/stage_run.hpp"

using namespace posthouse::pipeline;
using posthouse::jobs::Pool;
using posthouse::jobs::Timers;

namespace {

struct Behaviour {
  ph_status status = PH_OK;
  int verdict = PH_VERDICT_CONTINUE;
  int sleepMs = 0;
  const char* fact = nullptr;
  std::atomic<int> calls{0};
};

ph_status behave(void* self, const ph_txn*, const ph_call*, ph_result* out) {
  auto& b = *static_cast<Behaviour*>(self);
  ++b.calls;
  std::this_thread::sleep_for(std::chrono::milliseconds(b.sleepMs));
  if (b.fact) out->facts.emplace_back(b.fact, "1");
  out->verdict = makeVerdict(b.verdict);
  return b.status;
}

ph_hook hook(const char* name, Behaviour& b, int role = PH_ROLE_JUDGE, int policy = PH_POLICY_OPEN) {
  auto h = ph::sized<ph_hook>();
  h.stage = PH_STAGE_DATA;
  h.role = role;
  h.policy = policy;
  h.deadline_ms = 150;
  h.name = name;
  h.self = &b;
  h.run = behave;
  return h;
}

class HooksTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HooksTest);
  CPPUNIT_TEST(factsGiveTheOrder);
  CPPUNIT_TEST(conflictsAndCirclesAreRefused);
  CPPUNIT_TEST(strongestVerdictWins);
  CPPUNIT_TEST(failurePolicies);
  CPPUNIT_TEST(lateResultIsDropped);
  CPPUNIT_TEST(removeWaitsForRunningCalls);
  CPPUNIT_TEST(faultsOpenTheBreaker);
  CPPUNIT_TEST(honestFailuresDoNot);
  CPPUNIT_TEST(stuckCallsEndInQuarantine);
  CPPUNIT_TEST_SUITE_END();

 public:
  // junk wants dmarc, dmarc wants spf, and two strangers lie between: a comparison sort would get this wrong.
  void factsGiveTheOrder() {
    Hooks hooks;
    Behaviour b;
    const char* const spf[] = {"auth.spf", nullptr};
    const char* const dmarc[] = {"auth.dmarc", nullptr};
    auto junk = hook("junk", b);
    junk.wants = dmarc;
    auto other = hook("other", b);
    auto policy = hook("dmarc", b, PH_ROLE_INSPECT);
    policy.wants = spf;
    policy.provides = dmarc;
    auto sender = hook("spf", b, PH_ROLE_INSPECT);
    sender.provides = spf;
    int owner[4];
    CPPUNIT_ASSERT(hooks.add(&owner[0], "p-junk", junk).ok());
    CPPUNIT_ASSERT(hooks.add(&owner[1], "p-other", other).ok());
    CPPUNIT_ASSERT(hooks.add(&owner[2], "p-dmarc", policy).ok());
    CPPUNIT_ASSERT(hooks.add(&owner[3], "p-spf", sender).ok());
    std::string order;
    for (const auto& level : *hooks.stage(PH_STAGE_DATA)) {
      for (const auto& h : level) order += h->name + " ";
      order += "| ";
    }
    CPPUNIT_ASSERT_EQUAL(std::string("other spf | dmarc | junk | "), order);
  }

  void conflictsAndCirclesAreRefused() {
    Hooks hooks;
    Behaviour b;
    const char* const one[] = {"one", nullptr};
    const char* const two[] = {"two", nullptr};
    auto first = hook("first", b);
    first.provides = one;
    first.wants = two;
    int a = 0;
    int c = 0;
    CPPUNIT_ASSERT(hooks.add(&a, "a", first).ok());
    auto writer = hook("writer", b);
    writer.provides = one;
    CPPUNIT_ASSERT_EQUAL(static_cast<int>(ph::Kind::Conflict),
                         static_cast<int>(hooks.add(&c, "c", writer).error().kind));
    auto circle = hook("circle", b);
    circle.provides = two;
    circle.wants = one;
    CPPUNIT_ASSERT(!hooks.add(&c, "c", circle).ok());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, hooks.stage(PH_STAGE_DATA)->size());
    auto bad = hook("bad", b);
    bad.stage = 99;
    CPPUNIT_ASSERT(!hooks.add(&c, "c", bad).ok());
  }

  void strongestVerdictWins() {
    Hooks hooks;
    Behaviour junk, reject, observer, fine;
    junk.verdict = PH_VERDICT_JUNK;
    reject.verdict = PH_VERDICT_REJECT;
    observer.verdict = PH_VERDICT_DISCONNECT;  // an observer has no say
    int owner = 0;
    CPPUNIT_ASSERT(hooks.add(&owner, "p", hook("junk", junk)).ok());
    CPPUNIT_ASSERT(hooks.add(&owner, "p", hook("reject", reject)).ok());
    CPPUNIT_ASSERT(hooks.add(&owner, "p", hook("observer", observer, PH_ROLE_OBSERVE)).ok());
    CPPUNIT_ASSERT(hooks.add(&owner, "p", hook("fine", fine)).ok());
    Transaction txn;
    // Each opinion is told for the message's history, those that lost too.
    std::mutex mutex;
    std::multiset<std::string> told;
    posthouse::log::setHistorian([&](const posthouse::log::Line& line) {
      std::lock_guard lock(mutex);
      for (size_t i = 0; i < line.count; ++i) {
        if (line.fields[i].key == "verdict") told.insert(std::string(line.fields[i].value));
      }
    });
    const ph_verdict v = runStageAndWait(hooks, pool_, timers_, txn, PH_STAGE_DATA);
    posthouse::log::setHistorian({});
    CPPUNIT_ASSERT_EQUAL(PH_VERDICT_REJECT, v.verdict);
    CPPUNIT_ASSERT_EQUAL(std::string("p"), std::string(v.plugin));
    CPPUNIT_ASSERT(told == std::multiset<std::string>({"continue", "continue", "junk", "reject"}));
  }

  void failurePolicies() {
    const struct {
      ph_status status;
      int verdict;
      int policy;
      int wanted;
    } cases[] = {
        {PH_E_BUG, PH_VERDICT_REJECT, PH_POLICY_OPEN, PH_VERDICT_CONTINUE},
        {PH_E_BUG, PH_VERDICT_CONTINUE, PH_POLICY_TEMPFAIL, PH_VERDICT_TEMPFAIL},
        {PH_E_TEMPORARY, PH_VERDICT_CONTINUE, PH_POLICY_CLOSED, PH_VERDICT_REJECT},
        {PH_OK, 77, PH_POLICY_TEMPFAIL, PH_VERDICT_TEMPFAIL},  // a garbage verdict is a failure
        {PH_OK, -1, PH_POLICY_OPEN, PH_VERDICT_CONTINUE},
    };
    for (const auto& c : cases) {
      Hooks hooks;
      Behaviour b;
      b.status = c.status;
      b.verdict = c.verdict;
      int owner = 0;
      CPPUNIT_ASSERT(hooks.add(&owner, "p", hook("h", b, PH_ROLE_JUDGE, c.policy)).ok());
      Transaction txn;
      CPPUNIT_ASSERT_EQUAL(c.wanted, runStageAndWait(hooks, pool_, timers_, txn, PH_STAGE_DATA).verdict);
    }
  }

  void lateResultIsDropped() {
    Hooks hooks;
    Behaviour late;
    late.sleepMs = 400;
    late.verdict = PH_VERDICT_REJECT;
    late.fact = "late.fact";
    int owner = 0;
    CPPUNIT_ASSERT(hooks.add(&owner, "p", hook("late", late, PH_ROLE_JUDGE, PH_POLICY_TEMPFAIL)).ok());
    Transaction txn;
    const auto begun = std::chrono::steady_clock::now();
    const ph_verdict v = runStageAndWait(hooks, pool_, timers_, txn, PH_STAGE_DATA);
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(350));
    CPPUNIT_ASSERT_EQUAL(PH_VERDICT_TEMPFAIL, v.verdict);
    CPPUNIT_ASSERT(hooks.remove(&owner, 5000));
    CPPUNIT_ASSERT(txn.facts.empty());
  }

  void faultsOpenTheBreaker() {
    Hooks hooks;
    Behaviour b;
    b.status = PH_E_BUG;
    int owner = 0;
    CPPUNIT_ASSERT(hooks.add(&owner, "p", hook("h", b, PH_ROLE_JUDGE, PH_POLICY_TEMPFAIL)).ok());
    const auto health = hooks.health(&owner, "p");
    Transaction txn;
    for (int i = 0; i < 9; ++i) {
      CPPUNIT_ASSERT_EQUAL(PH_VERDICT_TEMPFAIL, runStageAndWait(hooks, pool_, timers_, txn, PH_STAGE_DATA).verdict);
    }
    CPPUNIT_ASSERT_EQUAL(5, b.calls.load());
    CPPUNIT_ASSERT(health->degraded());
    b.status = PH_OK;
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    CPPUNIT_ASSERT_EQUAL(PH_VERDICT_CONTINUE, runStageAndWait(hooks, pool_, timers_, txn, PH_STAGE_DATA).verdict);
    CPPUNIT_ASSERT(!health->degraded());
  }

  void honestFailuresDoNot() {
    Hooks hooks;
    Behaviour b;
    b.status = PH_E_TEMPORARY;
    int owner = 0;
    CPPUNIT_ASSERT(hooks.add(&owner, "p", hook("h", b, PH_ROLE_JUDGE, PH_POLICY_TEMPFAIL)).ok());
    Transaction txn;
    for (int i = 0; i < 9; ++i) runStageAndWait(hooks, pool_, timers_, txn, PH_STAGE_DATA);
    CPPUNIT_ASSERT_EQUAL(9, b.calls.load());
  }

  void stuckCallsEndInQuarantine() {
    Hooks hooks;
    Behaviour b;
    b.sleepMs = 1600;
    int owner = 0;
    CPPUNIT_ASSERT(hooks.add(&owner, "p", hook("h", b)).ok());
    const auto health = hooks.health(&owner, "p");
    std::atomic<int> told{0};
    health->onQuarantine([&] { ++told; });
    Transaction txn;
    for (int i = 0; i < 4; ++i) runStageAndWait(hooks, pool_, timers_, txn, PH_STAGE_DATA);
    CPPUNIT_ASSERT_EQUAL(2, b.calls.load());  // with two late ones no third is begun
    CPPUNIT_ASSERT(!health->quarantined());
    for (int i = 0; i < 200 && !health->quarantined(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CPPUNIT_ASSERT(health->quarantined());
    CPPUNIT_ASSERT_EQUAL(1, told.load());
    health->detach();
    pool_.stop();
    CPPUNIT_ASSERT_EQUAL(size_t{0}, health->lateCalls());
    CPPUNIT_ASSERT(health->quarantined());
  }

  void removeWaitsForRunningCalls() {
    Hooks hooks;
    Behaviour slow;
    slow.sleepMs = 300;
    int owner = 0;
    auto h = hook("slow", slow);
    h.deadline_ms = 50;
    CPPUNIT_ASSERT(hooks.add(&owner, "p", h).ok());
    Transaction txn;
    runStageAndWait(hooks, pool_, timers_, txn, PH_STAGE_DATA);
    CPPUNIT_ASSERT(!hooks.remove(&owner, 10));
    CPPUNIT_ASSERT(hooks.stage(PH_STAGE_DATA)->empty());
    pool_.stop();
  }

 private:
  Pool pool_{"test", 8, 100};
  Timers timers_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(HooksTest);

}  // namespace
