// Lists of addresses: who is on them, and which lists are believed (RFC 5782).
#include <cppunit/extensions/HelperMacros.h>

#include "dnsbl/lists.hpp"
#include "scripted_resolver.hpp"

namespace {

using namespace ph_mailauth;
using Type = ph::DnsType;

class DnsblTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DnsblTest);
  CPPUNIT_TEST(listings);
  CPPUNIT_TEST(listsInTrouble);
  CPPUNIT_TEST(healthIsRemembered);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { dns = ScriptedResolver(); }

  void listings() {
    good("bad.example");
    good("worse.example");
    dns.add("99.2.0.192.bad.example", Type::A, "127.0.0.4");
    dns.add("99.2.0.192.worse.example", Type::A, "127.0.0.2");
    dns.add("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bad.example", Type::A, "127.0.0.3");
    CPPUNIT_ASSERT_EQUAL(std::string("bad.example=127.0.0.4 worse.example=127.0.0.2"), found("192.0.2.99"));
    CPPUNIT_ASSERT_EQUAL(std::string("bad.example=127.0.0.3"), found("2001:db8::1"));
    CPPUNIT_ASSERT_EQUAL(std::string(), found("192.0.2.98"));
  }

  void listsInTrouble() {
    const std::string listed = "99.2.0.192.";
    // Answers for everybody.
    dns.add("2.0.0.127.bad.example", Type::A, "127.0.0.2");
    dns.add("1.0.0.127.bad.example", Type::A, "127.0.0.2");
    dns.add(listed + "bad.example", Type::A, "127.0.0.2");
    // Knows nothing of its test entry.
    dns.add(listed + "worse.example", Type::A, "127.0.0.2");
    CPPUNIT_ASSERT_EQUAL(std::string(), found("192.0.2.99"));
    setUp();
    health = std::make_unique<ListHealth>();
    good("bad.example");
    dns.add(listed + "bad.example", Type::A, "198.51.100.1");
    dns.fail(listed + "worse.example", Type::A);
    CPPUNIT_ASSERT_EQUAL(std::string(), found("192.0.2.99"));
    good("worse.example");
    dns.add("98.2.0.192.worse.example", Type::A, "127.255.255.254");
    CPPUNIT_ASSERT_EQUAL(std::string(), found("192.0.2.98"));
  }

  void healthIsRemembered() {
    good("bad.example");
    dns.add("99.2.0.192.bad.example", Type::A, "127.0.0.2");
    const auto asked = [&](uint64_t now) {
      dns.asked.clear();
      (void)found("192.0.2.99", now);
      return dns.asked.size();
    };
    constexpr uint64_t kHour = 3'600'000;
    CPPUNIT_ASSERT_EQUAL(size_t{4}, asked(1));  // two lists, two tests of the one that says yes
    CPPUNIT_ASSERT_EQUAL(size_t{2}, asked(3 * kHour));
    CPPUNIT_ASSERT_EQUAL(size_t{4}, asked(5 * kHour));
  }

 private:
  void good(const std::string& zone) { dns.add("2.0.0.127." + zone, Type::A, "127.0.0.2"); }
  std::string found(const char* ip, uint64_t now = 1) {
    return listFact(lookUpLists(*Ip::parse(ip), {"bad.example", "worse.example"}, now, *health, dns));
  }

  ScriptedResolver dns;
  std::unique_ptr<ListHealth> health = std::make_unique<ListHealth>();
};

CPPUNIT_TEST_SUITE_REGISTRATION(DnsblTest);

}  // namespace
