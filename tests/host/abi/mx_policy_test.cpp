// ph.mx-policy/1 as plugins meet it: one contributes, another one asks, and one ends while a question is under way.
#include "ph/draft/host/mx_policy.h"

#include <cppunit/extensions/HelperMacros.h>

#include <future>
#include <optional>
#include <thread>

#include "abi/tables.hpp"
#include "jobs/pool.hpp"
#include "jobs/timers.hpp"
#include "mx/policies.hpp"
#include "ph/mx_policy.hpp"
#include "plugin/instance.hpp"

using namespace posthouse;
using namespace std::chrono_literals;

namespace {

// Must outlive the instance: MxPolicy keeps a reference to its host.
struct Side {
  explicit Side(plugin::Core& core)
      : instance(std::make_unique<plugin::Instance>(core, plugin::Manifest{}, nullptr, &abi::table)),
        raw{sizeof raw, 0, instance.get(), &abi::table},
        host(&raw) {}
  std::unique_ptr<plugin::Instance> instance;
  ph_host raw;
  ph::Host host;
};

class AbiMxPolicyTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AbiMxPolicyTest);
  CPPUNIT_TEST(asksAndAnswers);
  CPPUNIT_TEST(refusedOffers);
  CPPUNIT_TEST(endsWhileAQuestionIsUnderWay);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    core_.mxPolicies = &policies_;
    core_.hookPool = &pool_;
    core_.timers = &timers_;
  }

  void asksAndAnswers() {
    Side asker(core_), giver(core_);
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_MX_ANY}, ask(asker).level);
    ph::MxPolicy policy(giver.host, "test", 0, [](const ph_mx_question& q, const ph::MxPolicy::Call& call) {
      ph::MxAnswer a;
      a.level = PH_MX_DANE;
      a.names = {std::string(ph::view(q.host)), std::string(ph::view(q.canonical))};
      a.records = {std::string("\3\1\1\0x", 5)};
      call.answer(a);
      return ph::Status{};
    });
    CPPUNIT_ASSERT(policy.offer().ok());
    const auto a = ask(asker);
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_MX_DANE}, a.level);
    CPPUNIT_ASSERT((a.names == std::vector<std::string>{"mx.example", "real.example"}));
    CPPUNIT_ASSERT((a.records == std::vector<std::string>{std::string("\3\1\1\0x", 5)}));
    giver.instance.reset();
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_MX_ANY}, ask(asker).level);
  }

  void refusedOffers() {
    Side a(core_), b(core_);
    const auto nothing = [](const ph_mx_question&, const ph::MxPolicy::Call&) { return ph::Status{}; };
    ph::MxPolicy first(a.host, "same", 0, nothing), second(b.host, "same", 0, nothing);
    CPPUNIT_ASSERT(first.offer().ok());
    CPPUNIT_ASSERT(ph::Kind::Conflict == second.offer().error().kind);
    CPPUNIT_ASSERT(ask(a).refuse);  // nobody answers
    auto bad = ph::sized<ph_mx_policy_offer>();
    const auto* api = b.host.get<ph_mx_policy>(PH_IF_MX_POLICY);
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_E_INVALID}, api->offer(b.host.raw(), &bad));
  }

  void endsWhileAQuestionIsUnderWay() {
    Side asker(core_), giver(core_);
    std::promise<ph::MxPolicy::Call> asked;
    ph::MxPolicy policy(giver.host, "slow", 0, [&](const ph_mx_question&, const ph::MxPolicy::Call& call) {
      asked.set_value(call);
      return ph::Status{};
    });
    CPPUNIT_ASSERT(policy.offer().ok());
    std::promise<bool> refused;
    auto q = ph::sized<ph_mx_question>();
    ph::MxPolicies(asker.host).judge(q, [&](const ph::MxAnswer& a) { refused.set_value(a.refuse); });
    std::optional<ph::MxPolicy::Call> call = asked.get_future().get();
    std::thread later([&] {
      std::this_thread::sleep_for(50ms);
      call.reset();  // gives up: a refusal
    });
    giver.instance.reset();  // waits for the answer
    CPPUNIT_ASSERT(refused.get_future().get());
    later.join();
  }

 private:
  static ph::MxAnswer ask(Side& side) {
    std::promise<ph::MxAnswer> promise;
    auto q = ph::sized<ph_mx_question>();
    q.host = ph::str("mx.example");
    q.canonical = ph::str("real.example");
    ph::MxPolicies(side.host).judge(q, [&](ph::MxAnswer a) { promise.set_value(std::move(a)); });
    return promise.get_future().get();
  }

  jobs::Pool pool_{"test", 4, 100};
  jobs::Timers timers_;
  mx::Policies policies_{pool_, timers_};
  plugin::Core core_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(AbiMxPolicyTest);

}  // namespace
