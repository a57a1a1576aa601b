#include "plugin/instance.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "ph/text.hpp"
#include "pipeline/hooks.hpp"
#include "pipeline/stage_run.hpp"
#include "plugin/bounded_call.hpp"
#include "plugin/services.hpp"

using namespace posthouse;
using plugin::Instance;
using plugin::State;

namespace {

// A plugin in this program: one hook that fails as long as `broken`, and a count of what was called.
struct Script {
  const ph_host* host = nullptr;
  ph_plugin table{};
  bool broken = false;
  ph_status configured = PH_OK;
  ph_status started = PH_OK;
  int stops = 0;
  int destroys = 0;
  int applied = 0;
};
Script* script = nullptr;

ph_hook hook() {
  auto h = ph::sized<ph_hook>();
  h.stage = PH_STAGE_MAIL;
  h.role = PH_ROLE_JUDGE;
  h.name = "scripted";
  h.self = script;
  h.run = [](void* self, const ph_txn*, const ph_call*, ph_result*) -> ph_status {
    return static_cast<Script*>(self)->broken ? PH_E_BUG : PH_OK;
  };
  return h;
}

const ph_plugin* create(const ph_host* host, ph_error*) {
  script->host = host;
  ph_plugin& t = script->table;
  t.size = sizeof t;
  t.self = script;
  t.configure = [](void* self, const ph_config*, int32_t checkOnly, ph_error*) -> ph_status {
    if (!checkOnly) ++static_cast<Script*>(self)->applied;
    return static_cast<Script*>(self)->configured;
  };
  t.start = [](void* self, ph_error*) -> ph_status {
    auto* i = Instance::of(static_cast<Script*>(self)->host);
    const auto added = i->core().hooks->add(i, "script", hook());
    return added ? static_cast<Script*>(self)->started : PH_E_CONFLICT;
  };
  t.stop = [](void* self) { ++static_cast<Script*>(self)->stops; };
  t.destroy = [](void* self) { ++static_cast<Script*>(self)->destroys; };
  return &t;
}

class InstanceTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(InstanceTest);
  CPPUNIT_TEST(reportsHowItDoes);
  CPPUNIT_TEST(failedStartTakesEverythingBack);
  CPPUNIT_TEST(neverStartedIsDestroyedOnly);
  CPPUNIT_TEST(refusedOptionsLeaveTheOldOnes);
  CPPUNIT_TEST(boundedCallGivesUp);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    script_ = {};
    script = &script_;
    core_.hooks = &hooks_;
    core_.services = &services_;
    core_.hookPool = &pool_;
    core_.timers = &timers_;
  }

  std::unique_ptr<Instance> make() {
    static const ph_descriptor descriptor = {sizeof(ph_descriptor), 0, "script", "1.0.0", "", &create};
    plugin::Manifest manifest;
    manifest.id = "script";
    manifest.version = "1.0.0";
    manifest.configSchema = R"({"type": "object", "properties": {}})";
    auto i = std::make_unique<Instance>(core_, manifest, &descriptor,
                                        [](const ph_host*, const char*) -> const void* { return nullptr; });
    CPPUNIT_ASSERT(i->create({}));
    return i;
  }

  void runHooks(int times) {
    for (int n = 0; n < times; ++n) {
      pipeline::Transaction txn;
      pipeline::runStageAndWait(hooks_, pool_, timers_, txn, PH_STAGE_MAIL);
    }
  }

  void reportsHowItDoes() {
    auto i = make();
    CPPUNIT_ASSERT(i->mayRegister());
    CPPUNIT_ASSERT(i->begin());
    CPPUNIT_ASSERT(!i->mayRegister());
    CPPUNIT_ASSERT_EQUAL(PH_E_DENIED, i->addProtocol(protocol()));
    CPPUNIT_ASSERT(i->report().state == State::Running);
    CPPUNIT_ASSERT_EQUAL(std::string("scripted"), i->report().hooks.at(0).name);
    CPPUNIT_ASSERT(!i->report().hooks.at(0).open);
    script_.broken = true;
    runHooks(5);
    CPPUNIT_ASSERT(i->report().state == State::Degraded && i->running());
    CPPUNIT_ASSERT(i->report().hooks.at(0).open);
    i->takeDown(100);
    CPPUNIT_ASSERT(i->state() == State::Stopped);
    CPPUNIT_ASSERT_EQUAL(1, script_.stops);
    CPPUNIT_ASSERT(hooks_.stage(PH_STAGE_MAIL)->empty());
    i.reset();
    CPPUNIT_ASSERT_EQUAL(1, script_.stops);
    CPPUNIT_ASSERT_EQUAL(1, script_.destroys);
  }

  void failedStartTakesEverythingBack() {
    script_.started = PH_E_TEMPORARY;
    auto i = make();
    CPPUNIT_ASSERT(!i->begin());
    CPPUNIT_ASSERT(i->state() == State::Failed);
    CPPUNIT_ASSERT_EQUAL(std::string("start: status -2"), i->reason());
    CPPUNIT_ASSERT_EQUAL(1, script_.stops);
    CPPUNIT_ASSERT_EQUAL(1, script_.destroys);
    CPPUNIT_ASSERT(hooks_.stage(PH_STAGE_MAIL)->empty());
  }

  void neverStartedIsDestroyedOnly() {
    make();
    CPPUNIT_ASSERT_EQUAL(0, script_.stops);
    CPPUNIT_ASSERT_EQUAL(1, script_.destroys);
  }

  void refusedOptionsLeaveTheOldOnes() {
    auto i = make();
    CPPUNIT_ASSERT(i->begin());
    script_.configured = PH_E_INVALID;
    CPPUNIT_ASSERT(!i->checkConfig({}).ok());
    CPPUNIT_ASSERT(i->applyConfig().ok());
    CPPUNIT_ASSERT_EQUAL(1, script_.applied);
    script_.configured = PH_OK;
    CPPUNIT_ASSERT(i->checkConfig({}).ok());
    CPPUNIT_ASSERT(i->applyConfig().ok());
    CPPUNIT_ASSERT_EQUAL(2, script_.applied);
  }

  void boundedCallGivesUp() {
    using std::chrono::milliseconds;
    auto go = std::make_shared<std::atomic<bool>>(false);
    CPPUNIT_ASSERT(plugin::boundedCall(milliseconds(5000), [] {}));
    CPPUNIT_ASSERT(!plugin::boundedCall(milliseconds(20), [go] {
      while (!*go) std::this_thread::sleep_for(milliseconds(1));
    }));
    *go = true;
  }

 private:
  static ph_protocol protocol() {
    auto p = ph::sized<ph_protocol>();
    p.name = "late";
    p.open = [](void*, ph_session*, const ph_session_info*) -> void* { return nullptr; };
    p.run = [](void*, uint32_t) -> ph_next { return PH_NEXT_CLOSE; };
    p.close = [](void*) {};
    return p;
  }

  Script script_;
  pipeline::Hooks hooks_;
  plugin::Services services_;
  jobs::Pool pool_{"test", 4, 100};
  jobs::Timers timers_;
  plugin::Core core_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(InstanceTest);

}  // namespace
