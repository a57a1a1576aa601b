// A policy of a plugin, asked as the host would: it answers once, whatever it does.
#include "ph/mx_policy.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "testkit/fake_host.hpp"

namespace {

class MxPolicyTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MxPolicyTest);
  CPPUNIT_TEST(answers);
  CPPUNIT_TEST(questions);
  CPPUNIT_TEST_SUITE_END();

 public:
  void answers() {
    ph::testkit::FakeHost host;
    CPPUNIT_ASSERT_MESSAGE(host.problem, host.start(PH_BINARY_DIR "/test-plugins/mx-policy.so"));
    CPPUNIT_ASSERT_EQUAL(500u, host.mxPolicies.offers.at("by-name").deadline_ms);
    const auto ask = [&](const char* name) {
      auto q = ph::sized<ph_mx_question>();
      q.host = ph::str(name);
      return host.mxPolicies.ask(host, "by-name", q);
    };
    const auto pkix = ask("pkix.example");
    CPPUNIT_ASSERT(pkix && pkix->level == PH_MX_PKIX && !pkix->refuse);
    CPPUNIT_ASSERT((pkix->names == std::vector<std::string>{"pkix.example", "alt.example"}));
    CPPUNIT_ASSERT(ask("refuse.example")->refuse);
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_MX_ANY}, ask("mx.example")->level);
    CPPUNIT_ASSERT(!ask("fail.example"));   // said by status, so the host refuses
    CPPUNIT_ASSERT(!ask("throw.example"));  // stopped at the border
    const auto silent = ask("silent.example");
    CPPUNIT_ASSERT(silent && silent->refuse);
    CPPUNIT_ASSERT(host.violations.empty());
  }

  // What a transport asks, and what it believes of an answer.
  void questions() {
    ph::testkit::FakeHost fake;
    const ph::Host host(&fake.raw);
    fake.mxPolicies.answers["mx.example"].level = PH_MX_DANE + 1;
    auto q = ph::sized<ph_mx_question>();
    q.host = ph::str("mx.example");
    std::optional<ph::MxAnswer> got;
    ph::MxPolicies(host).judge(q, [&](ph::MxAnswer a) { got = std::move(a); });
    fake.runJobs();
    CPPUNIT_ASSERT(got && got->refuse && got->level == PH_MX_DANE);
    got.reset();
    fake.poolFull = true;
    ph::MxPolicies(host).judge(q, [&](ph::MxAnswer a) { got = std::move(a); });
    CPPUNIT_ASSERT(got && got->refuse);
    got.reset();
    fake.withheld.insert(PH_IF_MX_POLICY);
    ph::MxPolicies(host).judge(q, [&](ph::MxAnswer a) { got = std::move(a); });
    CPPUNIT_ASSERT(got && !got->refuse && got->level == PH_MX_ANY);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MxPolicyTest);

}  // namespace
