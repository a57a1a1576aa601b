// Cuts the power before every change of the disk, in several ways, and compares what is there afterwards with what was
// acknowledged. Then the same with each kind of sync left out: some cut must show it, or the sync is not needed.
#include "scenario.hpp"

namespace posthouse::store::testing {
namespace {

struct Variant {
  env::Cut cut;
  unsigned seed;
};
constexpr Variant kVariants[] = {{env::Cut::Drop, 0},    {env::Cut::Keep, 0},    {env::Cut::Tear, 1},
                                 {env::Cut::Tear, 2},    {env::Cut::Shuffle, 1}, {env::Cut::Shuffle, 2},
                                 {env::Cut::Shuffle, 3}, {env::Cut::Shuffle, 4}};

// The states of a run without faults: before the first step, and after each.
std::vector<std::string> expected() {
  env::FaultEnv env;
  Scenario scenario(env);
  std::vector<std::string> states{must(scenario.state())};
  for (std::size_t i = 0; i < Scenario::steps(); ++i) {
    must(scenario.run(i));
    states.push_back(must(scenario.state()));
  }
  return states;
}

// What is wrong after this cut; empty: nothing.
std::string check(env::FaultEnv& env, std::size_t done, MessageId highestId, const std::vector<std::string>& states) {
  Scenario after(env);
  if (const auto opened = after.reopen(); !opened && (opened.error().kind != ph::Kind::NotFound || done > 0))
    return "cannot be opened: " + opened.error().text;
  const auto state = after.state();
  if (!state) return "cannot be read: " + state.error().text;
  if (*state != states[done] && (done + 1 >= states.size() || *state != states[done + 1]))
    return "after " + std::to_string(done) + " steps there is\n" + *state + "instead of\n" + states[done];
  if (!after.account()) return after.runAll() == Scenario::steps() ? "" : "no account can be made";
  auto report = verify(*after.account(), {true, true});
  if (!report) return "verify fails: " + report.error().text;
  std::erase_if(report->problems, [](const Problem& p) { return p.kind == Problem::Stray; });
  if (!report->clean()) return problems(*report);
  const auto more = after.append("afterwards", "INBOX");
  if (!more) return "append fails: " + more.error().text;
  if (more->id <= highestId) return "id " + std::to_string(more->id) + " is used again";
  if (const auto again = after.reopen(); !again) return "cannot be opened again: " + again.error().text;
  report = verify(*after.account(), {true, false});
  return report ? problems(*report) : report.error().text;
}

// Runs the scenario with the power off at change `at`; false when it ended before.
bool cutOnce(unsigned at, const std::string& ignored, const std::vector<std::string>& states, std::string& wrong) {
  env::FaultEnv env;
  env.ignoreSyncs(ignored);
  std::size_t done;
  MessageId highestId;
  bool off;
  std::shared_ptr<env::FaultNode> disk;
  {
    Scenario scenario(env);
    env.cutAt(at);
    done = scenario.runAll();
    off = env.isOff();
    highestId = scenario.highestId();
    env.cutAt(1);  // at the latest now: closing must not tidy up
    disk = env.disk();
    (void)env.makeFolder("off");
  }
  if (!off && done != states.size() - 1) wrong = "step " + std::to_string(done) + " fails without a fault";
  for (const auto& [cut, seed] : kVariants) {
    if (!wrong.empty()) break;
    env.powerCut(disk, cut, seed * 7919 + at);
    wrong = check(env, done, highestId, states);
    if (!wrong.empty())
      wrong = "cut " + std::to_string(static_cast<int>(cut)) + " at change " + std::to_string(at) + ": " + wrong;
  }
  return off;
}

}  // namespace

class PowerCutTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PowerCutTest);
  CPPUNIT_TEST(losesNothing);
  CPPUNIT_TEST(needsEverySync);
  CPPUNIT_TEST_SUITE_END();

 public:
  void losesNothing() {
    const auto states = expected();
    std::string wrong;
    unsigned at = 1;
    while (cutOnce(at, "", states, wrong) && wrong.empty()) ++at;
    CPPUNIT_ASSERT_EQUAL(std::string(), wrong);
    CPPUNIT_ASSERT(at > 100);
  }

  void needsEverySync() {
    const auto states = expected();
    std::set<std::string> kinds;
    {
      env::FaultEnv env;
      Scenario scenario(env);
      CPPUNIT_ASSERT_EQUAL(Scenario::steps(), scenario.runAll());
      kinds = env.syncKinds();
    }
    std::string useless;
    for (const auto& kind : kinds) {
      std::string wrong;
      unsigned at = 1;
      while (cutOnce(at, kind, states, wrong) && wrong.empty()) ++at;
      if (wrong.empty()) useless += kind + "\n";
    }
    CPPUNIT_ASSERT_EQUAL(std::string(), useless);
    CPPUNIT_ASSERT(kinds.size() >= 8);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PowerCutTest);

}  // namespace posthouse::store::testing
