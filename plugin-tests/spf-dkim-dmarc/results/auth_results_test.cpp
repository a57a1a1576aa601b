// Entries of Authentication-Results and Received-SPF: what is written of ordinary and of hostile names.
#include "results/auth_results.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "results/dkim_result.hpp"
#include "spf/received_spf.hpp"

namespace {

using namespace ph_mailauth;

class AuthResultsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AuthResultsTest);
  CPPUNIT_TEST(values);
  CPPUNIT_TEST(entries);
  CPPUNIT_TEST(receivedField);
  CPPUNIT_TEST(dkimFacts);
  CPPUNIT_TEST_SUITE_END();

 public:
  void values() {
    CPPUNIT_ASSERT_EQUAL(std::string("a.b-c"), authValue("a.b-c"));
    CPPUNIT_ASSERT_EQUAL(std::string("\"\""), authValue(""));
    CPPUNIT_ASSERT_EQUAL(std::string("\"a; b\""), authValue("a; b"));
    CPPUNIT_ASSERT_EQUAL(std::string("\"a\\\"b\\\\c\""), authValue("a\"b\\c\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("ann@example.org"), propertyValue("ann@example.org"));
    CPPUNIT_ASSERT_EQUAL(std::string("\"a b@example.org\""), propertyValue("a b@example.org"));
    CPPUNIT_ASSERT_EQUAL(std::string("(a \\(b\\))"), authComment("a (b)\n"));
  }

  void entries() {
    SpfResult spf;
    spf.status = SpfStatus::Pass;
    CPPUNIT_ASSERT_EQUAL(std::string("spf=pass smtp.mailfrom=ann@example.org"),
                         spfEntry(spf, mailFromIdentity("ann@example.org", "mail.example.org")));
    spf.status = SpfStatus::PermError;
    spf.problem = "syntax; error";
    CPPUNIT_ASSERT_EQUAL(std::string("spf=permerror reason=\"syntax; error\" smtp.helo=mail.example.org"),
                         spfEntry(spf, mailFromIdentity("", "mail.example.org")));
    CPPUNIT_ASSERT_EQUAL(std::string("iprev=pass policy.iprev=\"2001:db8::1\" (mail.example.org)"),
                         iprevEntry({Iprev::Status::Pass, "mail.example.org"}, *Ip::parse("2001:db8::1")));
    CPPUNIT_ASSERT_EQUAL(std::string("iprev=fail policy.iprev=192.0.2.1"),
                         iprevEntry({Iprev::Status::Fail, ""}, *Ip::parse("192.0.2.1")));
  }

  void receivedField() {
    SpfResult spf;
    spf.status = SpfStatus::Fail;
    spf.mechanism = "-all";
    const auto identity = mailFromIdentity("a\"b@example.org", "mail.example.org");
    const SpfQuery query{*Ip::parse("192.0.2.1"), identity.domain, identity.sender,
                         "mail.example.org",      "mx.example",    0};
    CPPUNIT_ASSERT_EQUAL(std::string("fail (192.0.2.1 may not send for example.org) receiver=mx.example; "
                                     "identity=mailfrom; client-ip=192.0.2.1; helo=mail.example.org; "
                                     "envelope-from=\"a\\\"b@example.org\"; mechanism=-all"),
                         receivedSpf(spf, query, identity, "a\"b@example.org"));
  }

  void dkimFacts() {
    std::vector<DkimResult> results(2);
    results[0].status = DkimStatus::Pass;
    results[0].domain = "example.org";
    results[0].selector = "s1";
    results[1].status = DkimStatus::PermError;
    CPPUNIT_ASSERT_EQUAL(std::string("pass:example.org permerror:"), dkimFact(results));
    CPPUNIT_ASSERT_EQUAL(std::string("s1 -"), selectorsFact(results));
    const auto back = dkimResults(dkimFact(results), selectorsFact(results));
    CPPUNIT_ASSERT_EQUAL(size_t{2}, back.size());
    CPPUNIT_ASSERT(back[0].status == DkimStatus::Pass && back[0].domain == "example.org" && back[0].selector == "s1");
    CPPUNIT_ASSERT(back[1].status == DkimStatus::PermError && back[1].domain.empty() && back[1].selector.empty());
    results.assign(1000, results[0]);
    CPPUNIT_ASSERT(dkimFact(results).size() <= 4096);
    CPPUNIT_ASSERT_EQUAL(dkimResults(dkimFact(results), "").size(),
                         dkimResults(dkimFact(results), selectorsFact(results)).size());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuthResultsTest);

}  // namespace
