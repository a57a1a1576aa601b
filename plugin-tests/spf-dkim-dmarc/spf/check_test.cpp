// check_host(): the examples of RFC 7208 appendix A, limits, errors, explanations.
#include "spf/check.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "scripted_resolver.hpp"
#include "spf/identity.hpp"

namespace {

using ph_mailauth::Ip;
using ph_mailauth::SpfResult;
using Type = ph::DnsType;

class SpfCheckTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SpfCheckTest);
  CPPUNIT_TEST(simpleExamples);
  CPPUNIT_TEST(relatedRecords);
  CPPUNIT_TEST(requirements);
  CPPUNIT_TEST(syntax);
  CPPUNIT_TEST(termLimit);
  CPPUNIT_TEST(voidLimit);
  CPPUNIT_TEST(nameLimits);
  CPPUNIT_TEST(temporary);
  CPPUNIT_TEST(explanations);
  CPPUNIT_TEST(localpartsThatAreNoLabels);
  CPPUNIT_TEST(identities);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    dns = ScriptedResolver();
    for (const char* record :
         {"example.com MX 10 mail-a.example.com", "example.com MX 20 mail-b.example.com", "example.com A 192.0.2.10",
          "example.com A 192.0.2.11", "amy.example.com A 192.0.2.65", "bob.example.com A 192.0.2.66",
          "mail-a.example.com A 192.0.2.129", "mail-b.example.com A 192.0.2.130",
          "example.org MX 10 mail-c.example.org", "mail-c.example.org A 192.0.2.140",
          "10.2.0.192.in-addr.arpa PTR example.com", "65.2.0.192.in-addr.arpa PTR amy.example.com",
          "140.2.0.192.in-addr.arpa PTR mail-c.example.org", "4.0.0.10.in-addr.arpa PTR bob.example.com"}) {
      const std::string text = record;
      const size_t name = text.find(' '), type = text.find(' ', name + 1);
      const auto word = text.substr(name + 1, type - name - 1);
      dns.add(text.substr(0, name), word == "MX" ? Type::Mx : word == "A" ? Type::A : Type::Ptr, text.substr(type + 1));
    }
  }

  void simpleExamples() {
    const struct {
      const char* record;
      const char* passes;  // of the addresses below
    } table[] = {
        {"v=spf1 +all", "10 11 65 129 130 140 4 "},
        {"v=spf1 a -all", "10 11 "},
        {"v=spf1 a:example.org -all", ""},
        {"v=spf1 mx -all", "129 130 "},
        {"v=spf1 mx:example.org -all", "140 "},
        {"v=spf1 mx mx:example.org -all", "129 130 140 "},
        {"v=spf1 mx/30 mx:example.org/30 -all", "129 130 140 "},
        {"v=spf1 ptr -all", "10 65 "},
        {"v=spf1 ip4:192.0.2.128/28 -all", "129 130 140 "},
    };
    for (const auto& row : table) {
      setUp();
      dns.add("example.com", Type::Txt, row.record);
      std::string passed;
      for (const char* ip :
           {"192.0.2.10", "192.0.2.11", "192.0.2.65", "192.0.2.129", "192.0.2.130", "192.0.2.140", "10.0.0.4"}) {
        if (status(ip) == "pass") passed += std::string(ip).substr(std::string(ip).rfind('.') + 1) + " ";
      }
      CPPUNIT_ASSERT_EQUAL(std::string(row.passes), passed);
    }
  }

  void relatedRecords() {
    dns.add("example.com", Type::Txt, "v=spf1 mx include:mobile-users._spf.%{d} include:remote-users._spf.%{d} -all");
    dns.add("mobile-users._spf.example.com", Type::Txt, "v=spf1 exists:%{l1r+}.%{d}");
    dns.add("remote-users._spf.example.com", Type::Txt, "v=spf1 exists:%{ir}.%{l1r+}.%{d}");
    dns.add("mary.mobile-users._spf.example.com", Type::A, "127.0.0.2");
    dns.add("15.15.168.192.joel.remote-users._spf.example.com", Type::A, "127.0.0.2");
    dns.add("la.example.org", Type::Txt, "v=spf1 redirect=example.com");
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status("203.0.113.1", "mary@example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status("203.0.113.1", "mary+list@example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("203.0.113.1", "joel@example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status("192.168.15.15", "joel@example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status("192.0.2.129", "x@la.example.org"));
    CPPUNIT_ASSERT_EQUAL(std::string("mx"), last.mechanism);
  }

  void requirements() {
    dns.add("example.com", Type::Txt, "v=spf1 -include:ip4._spf.%{d} -include:ptr._spf.%{d} +all");
    dns.add("ip4._spf.example.com", Type::Txt, "v=spf1 -ip4:192.0.2.0/24 +all");
    dns.add("ptr._spf.example.com", Type::Txt, "v=spf1 -ptr:example.com +all");
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status("192.0.2.65"));
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("192.0.2.140"));
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("10.0.0.4"));
  }

  void syntax() {
    const struct {
      const char* record;
      const char* status;
    } table[] = {
        {"v=spf1", "neutral"},
        {"V=SPF1 -ALL", "fail"},
        {"v=spf10 -all", "none"},
        {"v=spf1 unknown=%{d} unknown=again -all", "fail"},
        {"v=spf1 ip6:2001:db8::/32 ~all", "softfail"},
        {"v=spf1 ip4:192.0.2.0/24", "pass"},
        {"v=spf1 all:x", "permerror"},
        {"v=spf1 +all -foo", "permerror"},
        {"v=spf1 ip4:192.0.2.256 +all", "permerror"},
        {"v=spf1 ip4:192.0.2.0/33 +all", "permerror"},
        {"v=spf1 ip4:192.0.2 +all", "permerror"},
        {"v=spf1 ip6:::1/129 +all", "permerror"},
        {"v=spf1 a/024 +all", "permerror"},
        {"v=spf1 include +all", "permerror"},
        {"v=spf1 exists: +all", "permerror"},
        {"v=spf1 +all redirect=a.b redirect=a.b", "permerror"},
        {"v=spf1 +all exp=", "permerror"},
        {"v=spf1 +all\tx", "permerror"},
        {"v=spf1 a//64/24 +all", "permerror"},
        {"v=spf1 a/24//64 ?all", "pass"},
    };
    for (const auto& row : table) {
      setUp();
      dns.add("example.com", Type::Txt, row.record);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(row.record, std::string(row.status), status("192.0.2.11"));
    }
    dns.add("example.com", Type::Txt, "v=spf1 -all");
    CPPUNIT_ASSERT_EQUAL_MESSAGE("two records", std::string("permerror"), status("192.0.2.11"));
  }

  void termLimit() {
    std::string record = "v=spf1";
    for (int i = 0; i < 10; ++i) record += " a:mail-a.example.com";
    dns.add("ten.example.com", Type::Txt, record + " -all");
    dns.add("eleven.example.com", Type::Txt, record + " a:mail-a.example.com -all");
    dns.add("loop.example.com", Type::Txt, "v=spf1 include:loop.example.com -all");
    dns.add("round.example.com", Type::Txt, "v=spf1 redirect=round.example.com");
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("203.0.113.1", "x@ten.example.com"));
    CPPUNIT_ASSERT_EQUAL(10U, last.lookups);
    for (const char* sender : {"x@eleven.example.com", "x@loop.example.com", "x@round.example.com"}) {
      CPPUNIT_ASSERT_EQUAL(std::string("permerror"), status("203.0.113.1", sender));
    }
    CPPUNIT_ASSERT(dns.asked.size() < 60);
  }

  void voidLimit() {
    dns.add("two.example.com", Type::Txt, "v=spf1 a:no1.example.com mx:no2.example.com -all");
    dns.add("three.example.com", Type::Txt, "v=spf1 a:no1.example.com mx:no2.example.com exists:no3.example.com +all");
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("203.0.113.1", "x@two.example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("permerror"), status("203.0.113.1", "x@three.example.com"));
  }

  void nameLimits() {
    dns.add("m.example.com", Type::Txt, "v=spf1 mx -all");
    dns.add("p.example.com", Type::Txt, "v=spf1 ptr:example.com -all");
    for (int i = 0; i < 11; ++i) {
      dns.add("m.example.com", Type::Mx, "10 mail-a.example.com");
      dns.add("9.113.0.203.in-addr.arpa", Type::Ptr, i < 10 ? "mail-a.example.com" : "late.example.com");
    }
    dns.add("late.example.com", Type::A, "203.0.113.9");
    CPPUNIT_ASSERT_EQUAL(std::string("permerror"), status("203.0.113.1", "x@m.example.com"));
    CPPUNIT_ASSERT_EQUAL_MESSAGE("the eleventh name is not looked at", std::string("fail"),
                                 status("203.0.113.9", "x@p.example.com"));
  }

  void temporary() {
    dns.add("example.com", Type::Txt, "v=spf1 a:slow.example.com -all");
    dns.fail("slow.example.com", Type::A);
    dns.fail("down.example.com", Type::Txt);
    dns.add("inc.example.com", Type::Txt, "v=spf1 include:down.example.com +all");
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), status("203.0.113.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), status("203.0.113.1", "x@down.example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), status("203.0.113.1", "x@inc.example.com"));
    // RFC 7208 5.5: errors on the way make ptr no match.
    dns.add("ptr.example.com", Type::Txt, "v=spf1 ptr -all");
    dns.fail("1.113.0.203.in-addr.arpa", Type::Ptr);
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("203.0.113.1", "x@ptr.example.com"));
  }

  void explanations() {
    dns.add("example.com", Type::Txt, "v=spf1 -all exp=why._spf.%{d}");
    dns.add("why._spf.example.com", Type::Txt, "See http://%{d}/why?s=%{S}&i=%{I}");
    dns.add("other.example.com", Type::Txt, "v=spf1 exp=mine.example.com redirect=example.com");
    dns.add("mine.example.com", Type::Txt, "not this");
    dns.add("inc.example.com", Type::Txt, "v=spf1 include:example.com -all");
    dns.add("bad.example.com", Type::Txt, "v=spf1 -all exp=badtext.example.com");
    dns.add("badtext.example.com", Type::Txt, "100%");
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("203.0.113.1", "a b@example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("See http://example.com/why?s=a%20b%40example.com&i=203.0.113.1"),
                         last.explanation);
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("203.0.113.1", "x@other.example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("See http://example.com/why?s=x%40other.example.com&i=203.0.113.1"),
                         last.explanation);
    for (const char* sender : {"x@inc.example.com", "x@bad.example.com"}) {
      CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("203.0.113.1", sender));
      CPPUNIT_ASSERT_EQUAL(std::string(), last.explanation);
    }
  }

  void localpartsThatAreNoLabels() {
    dns.add("example.com", Type::Txt, "v=spf1 exists:%{l}.example.com -all");
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("203.0.113.1", "j\xc3\xb6rg@example.com"));
    CPPUNIT_ASSERT_EQUAL(size_t{1}, dns.asked.size());
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("203.0.113.1", "a..b@example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status("203.0.113.1", "amy@example.com"));
  }

  void identities() {
    using ph_mailauth::mailFromIdentity;
    const auto nobody = mailFromIdentity("", "mail.example.com");
    CPPUNIT_ASSERT(nobody.helo && nobody.sender == "postmaster@mail.example.com");
    CPPUNIT_ASSERT_EQUAL(std::string("xn--bcher-kva.example"), mailFromIdentity("x@b\xc3\xbc"
                                                                                "cher.example",
                                                                                "h")
                                                                   .domain);
    CPPUNIT_ASSERT_EQUAL(std::string("postmaster@example.com"), mailFromIdentity("@example.com", "h").sender);
    for (const char* sender : {"x@localhost", "x@[192.0.2.1]", "x@a..b", "x@", "x@nothing.example"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(sender, std::string("none"), status("203.0.113.1", sender));
    }
  }

 private:
  std::string status(const char* ip, const std::string& sender = "x@example.com") {
    dns.asked.clear();
    const auto identity = ph_mailauth::mailFromIdentity(sender, "helo.example.net");
    last = ph_mailauth::checkHost({*Ip::parse(ip), identity.domain, identity.sender, "helo.example.net", "", 0}, dns);
    return std::string(ph_mailauth::name(last.status));
  }

  ScriptedResolver dns;
  SpfResult last;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SpfCheckTest);

}  // namespace
