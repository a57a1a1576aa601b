// A client's address and name, and addresses as values.
#include "iprev/iprev.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "scripted_resolver.hpp"

namespace {

using namespace ph_mailauth;
using Type = ph::DnsType;

class IprevTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(IprevTest);
  CPPUNIT_TEST(statuses);
  CPPUNIT_TEST(addresses);
  CPPUNIT_TEST(names);
  CPPUNIT_TEST_SUITE_END();

 public:
  void statuses() {
    ScriptedResolver dns;
    dns.add("1.2.0.192.in-addr.arpa", Type::Ptr, "other.example");
    dns.add("1.2.0.192.in-addr.arpa", Type::Ptr, "mail.example");
    dns.add("mail.example", Type::A, "192.0.2.1");
    dns.add("other.example", Type::A, "192.0.2.9");
    dns.add("2.2.0.192.in-addr.arpa", Type::Ptr, "other.example");
    dns.add("3.2.0.192.in-addr.arpa", Type::Ptr, "nowhere.example");
    dns.add("4.2.0.192.in-addr.arpa", Type::Ptr, "slow.example");
    dns.fail("slow.example", Type::A);
    dns.fail("5.2.0.192.in-addr.arpa", Type::Ptr);
    dns.add("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", Type::Ptr, "six.example");
    dns.add("six.example", Type::Aaaa, "2001:db8::1");
    const auto status = [&](const char* ip) { return std::string(name(checkIprev(*Ip::parse(ip), dns).status)); };
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status("192.0.2.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status("::ffff:192.0.2.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status("192.0.2.2"));
    CPPUNIT_ASSERT_EQUAL(std::string("permerror"), status("192.0.2.3"));
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), status("192.0.2.4"));
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), status("192.0.2.5"));
    CPPUNIT_ASSERT_EQUAL(std::string("permerror"), status("192.0.2.6"));
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status("2001:db8::1"));
  }

  void addresses() {
    CPPUNIT_ASSERT(Network::parse("192.0.2.0/25")->contains(*Ip::parse("192.0.2.127")));
    CPPUNIT_ASSERT(!Network::parse("192.0.2.0/25")->contains(*Ip::parse("192.0.2.128")));
    CPPUNIT_ASSERT(Network::parse("::/0")->contains(*Ip::parse("2001:db8::1")));
    CPPUNIT_ASSERT(!Network::parse("0.0.0.0/0")->contains(*Ip::parse("2001:db8::1")));
    for (const char* bad : {"", "192.0.2.0/33", "192.0.2/24", "2001:db8::/129", "192.0.2.0/", "192.0.2.0/-1", "x/8"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !Network::parse(bad));
    }
  }

  void names() {
    CPPUNIT_ASSERT_EQUAL(std::string("a\\032b\\092c.example"), dnsText("A b\\c.Example."));
    for (const std::string& bad : {std::string(), std::string("."), std::string("a..b"), std::string(".a"),
                                   std::string(64, 'a') + ".b", std::string(300, 'a')}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, std::string(), dnsText(bad));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(IprevTest);

}  // namespace
