// Commands of a plugin, called as a test of that plugin would.
#include "ph/cli.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "testkit/fake_host.hpp"

namespace {

using ph::json::Value;

class CliTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CliTest);
  CPPUNIT_TEST(calls);
  CPPUNIT_TEST(callers);
  CPPUNIT_TEST(missing);
  CPPUNIT_TEST_SUITE_END();

 public:
  void calls() {
    ph::testkit::FakeHost host;
    CPPUNIT_ASSERT_MESSAGE(host.problem, host.start(PH_BINARY_DIR "/command-plugins/commands.so"));
    const auto& cli = host.cli;
    CPPUNIT_ASSERT_EQUAL(uint32_t{PH_CLI_OFFLINE}, cli.find("try all")->flags);
    CPPUNIT_ASSERT_EQUAL(500u, cli.find("try sleep")->deadlineMs);
    const auto all =
        cli.call("try all", Value::object({{"text", "a"}, {"number", 7}, {"file", std::string("\0x", 2)}}));
    CPPUNIT_ASSERT_EQUAL(PH_OK, all.result);
    CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"a","number":7,"flag":false,"list":[],"bytes":2,"left_out":true,)"
                                     R"("by":"socket","offline":false})"),
                         ph::json::text(all.answer));
    for (const auto& bad : {Value::object(), Value::object({{"text", "c"}}), Value::object({{"text", 1}}),
                            Value::object({{"text", "a"}, {"no", 1}})})
      CPPUNIT_ASSERT_EQUAL(PH_E_INVALID, cli.call("try all", bad).result);
    CPPUNIT_ASSERT_EQUAL(PH_E_NOT_FOUND, cli.call("try none").result);
    const auto failed = cli.call("try fail");
    CPPUNIT_ASSERT_EQUAL(PH_E_CONFLICT, failed.result);
    CPPUNIT_ASSERT_EQUAL(std::string("it was there already"), failed.reason);
    CPPUNIT_ASSERT_EQUAL(PH_E_BUG, cli.call("try throw").result);
    CPPUNIT_ASSERT_EQUAL(PH_E_INVALID, cli.call("try garbage").result);
    CPPUNIT_ASSERT_EQUAL(size_t{3}, cli.call("try list", Value::object({{"count", 3}})).answer["items"].items().size());
    host.stop();
    CPPUNIT_ASSERT(host.cli.commands.empty());
  }

  void callers() {
    ph::testkit::FakeHost host;
    CPPUNIT_ASSERT(host.start(PH_BINARY_DIR "/command-plugins/commands.so"));
    const auto args = Value::object({{"account", "ann"}});
    CPPUNIT_ASSERT(host.cli.call("try own", args).answer["other"].boolean());
    ph::testkit::Cli::Caller who;
    who.role = PH_CLI_DOMAIN_ADMIN;
    CPPUNIT_ASSERT(!host.cli.call("try own", args, who).answer["other"].boolean());
    who.may = [](int32_t names, std::string_view what) {
      return names == PH_CLI_NAMES_DOMAIN && what == "other.example";
    };
    CPPUNIT_ASSERT(host.cli.call("try own", args, who).answer["other"].boolean());
  }

  void missing() {
    ph::testkit::FakeHost host;
    host.withheld.insert(PH_IF_CLI);
    CPPUNIT_ASSERT(!host.start(PH_BINARY_DIR "/command-plugins/commands.so"));
    CPPUNIT_ASSERT(host.problem.find("no commands") != std::string::npos);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CliTest);

}  // namespace
