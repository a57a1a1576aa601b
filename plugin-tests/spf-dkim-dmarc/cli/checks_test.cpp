// The checks as commands: what a JSON object says of a client and of a message.
#include "cli/checks.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "scripted_resolver.hpp"

namespace {

using namespace ph_mailauth;
using Type = ph::DnsType;

class AuthChecksTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AuthChecksTest);
  CPPUNIT_TEST(spf);
  CPPUNIT_TEST(dmarc);
  CPPUNIT_TEST(arguments);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    dns = ScriptedResolver();
    dns.add("example.org", Type::Txt, "v=spf1 a:mail.example.org -all exp=why.example.org");
    dns.add("why.example.org", Type::Txt, "%{i} is none of ours");
    dns.add("mail.example.org", Type::A, "192.0.2.1");
    dns.add("_dmarc.example.org", Type::Txt, "v=DMARC1; p=quarantine; rua=mailto:r@example.org");
  }

  void spf() {
    auto v = spfCheck({"192.0.2.1", "h.example", "<ann@example.org>", "mx.example", 0}, dns);
    CPPUNIT_ASSERT(v.ok() && (*v)["result"].string() == "pass" && (*v)["identity"].string() == "mailfrom");
    CPPUNIT_ASSERT((*v)["mechanism"].string() == "a:mail.example.org" && (*v)["lookups"].integer() == 1);
    v = spfCheck({"192.0.2.2", "h.example", "ann@example.org", "mx.example", 0}, dns);
    CPPUNIT_ASSERT((*v)["result"].string() == "fail" && (*v)["explanation"].string() == "192.0.2.2 is none of ours");
    v = spfCheck({"192.0.2.2", "example.org", "<>", "mx.example", 0}, dns);
    CPPUNIT_ASSERT((*v)["result"].string() == "fail" && (*v)["identity"].string() == "helo");
  }

  void dmarc() {
    const char* message = "From: ann@example.org\r\n\r\n";
    const ClientArguments client{"192.0.2.2", "h.example", "ann@example.org", "mx.example", 0};
    auto v = dmarcCheck(client, message, false, {}, dns);
    CPPUNIT_ASSERT(v.ok() && (*v)["result"].string() == "fail" && (*v)["verdict"].string() == "reject");
    CPPUNIT_ASSERT((*v)["policy"].string() == "quarantine" && !(*v)["spf_aligned"].boolean());
    CPPUNIT_ASSERT_EQUAL(std::string("example.org"), (*v)["record"]["domain"].string());
    const auto signedBy = [](std::string_view, Resolver&) {
      std::vector<DkimResult> out(1);
      out[0].status = DkimStatus::Pass;
      out[0].domain = "news.example.org";
      return out;
    };
    v = dmarcCheck(client, message, false, signedBy, dns);
    CPPUNIT_ASSERT((*v)["result"].string() == "pass" && (*v)["dkim_aligned"].boolean() &&
                   (*v)["verdict"].string() == "accept");
    CPPUNIT_ASSERT_EQUAL(size_t{1}, (*v)["dkim"].items().size());
    v = dmarcCheck(client, "Subject: x\r\n\r\n", false, {}, dns);
    CPPUNIT_ASSERT((*v)["result"].string() == "none" && (*v)["record"].isNull());
  }

  void arguments() {
    const auto v = spfCheck({"example.org", "h", "x@example.org", "", 0}, dns);
    CPPUNIT_ASSERT(!v && v.error().kind == ph::Kind::Invalid && v.error().text == "ip: 'example.org' is no address");
  }

 private:
  ScriptedResolver dns;
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuthChecksTest);

}  // namespace
