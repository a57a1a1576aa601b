// Rules: which one a message meets.
#include "pipeline/account_policy.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace posthouse::pipeline {

using store::Validation;

class AccountPolicyTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AccountPolicyTest);
  CPPUNIT_TEST(conditions);
  CPPUNIT_TEST(theFirstThatMatches);
  CPPUNIT_TEST(malformedHeadersMatchNothing);
  CPPUNIT_TEST(listsNeedTheirExactDomain);
  CPPUNIT_TEST_SUITE_END();

 public:
  static Pattern pattern(const char* text) { return *Pattern::compile(text); }

  static store::DeliveryInfo info() {
    store::DeliveryInfo i;
    i.heloDomain = "mx.helo.example";
    i.mailFrom = {"bounces", "lists.example.org"};
    i.mailFromValidation = Validation::Pass;
    i.from = {"jane", "example.com"};
    i.dkimDomains = {"sub.dkim.example"};
    return i;
  }
  static constexpr const char* kHeader =
      "List-ID: Announcements\r\n <announce.example.org>\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\n";

  static bool matches(const Rule& rule, const char* header = kHeader) {
    return matchRule({rule}, "ann@example.org", info(), header) != nullptr;
  }

  void conditions() {
    const std::pair<bool, Rule> cases[] = {
        {true, {.mailFrom = pattern("^bounces@lists\\.example\\.org$")}},
        {false, {.mailFrom = pattern("^other@")}},
        {true, {.from = pattern("@example\\.com$")}},
        {false, {.mailFrom = pattern("^bounces@"), .from = pattern("@example\\.net$")}},
        {true, {.verifiedDomain = "lists.example.org"}},
        {true, {.verifiedDomain = "example.org"}},
        {false, {.verifiedDomain = "ample.org"}},
        {false, {.verifiedDomain = "a.lists.example.org"}},
        {false, {.verifiedDomain = "helo.example"}},  // not validated
        {true, {.verifiedDomain = "dkim.example"}},
        {true, {.headers = {{pattern("^list-id$"), pattern("<announce\\.example\\.org>$")}}}},
        {true, {.headers = {{pattern("^list-"), pattern("")}, {pattern("^subject$"), pattern("^grüsse$")}}}},
        {false, {.headers = {{pattern("^list-id$"), pattern("announce")}, {pattern("^x-"), pattern("")}}}},
        {true, {.address = "ann@example.org", .from = pattern("jane")}},
        {false, {.address = "joe@example.org", .from = pattern("jane")}},
    };
    int number = 0;
    for (const auto& [wanted, rule] : cases)
      CPPUNIT_ASSERT_EQUAL_MESSAGE("case " + std::to_string(number++), wanted, matches(rule));
  }

  void theFirstThatMatches() {
    const std::vector<Rule> rules = {{.from = pattern("joe"), .mailbox = "1"},
                                     {.from = pattern("jane"), .mailbox = "2"},
                                     {.from = pattern("."), .mailbox = "3"}};
    CPPUNIT_ASSERT_EQUAL(std::string("2"), matchRule(rules, "", info(), "")->mailbox);
    CPPUNIT_ASSERT(matchRule({}, "", info(), "") == nullptr);
  }

  void malformedHeadersMatchNothing() {
    const Rule any{.headers = {{pattern(""), pattern("")}}};
    CPPUNIT_ASSERT(matches(any, "Subject: x\r\n\r\n"));
    CPPUNIT_ASSERT(!matches(any, "Subject: x\r\nthis is no field\r\n\r\n"));
    CPPUNIT_ASSERT(matches({.from = pattern("jane")}, "this is no field\r\n\r\n"));
  }

  void listsNeedTheirExactDomain() {
    CPPUNIT_ASSERT(isListAllowed("lists.example.org", info()));
    CPPUNIT_ASSERT(isListAllowed("sub.dkim.example", info()));
    CPPUNIT_ASSERT(!isListAllowed("example.org", info()));
    CPPUNIT_ASSERT(!isListAllowed("", info()));
    auto failed = info();
    failed.mailFromValidation = Validation::SoftFail;
    CPPUNIT_ASSERT(!isListAllowed("lists.example.org", failed));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AccountPolicyTest);

}  // namespace posthouse::pipeline
