// Domains: canonical and display forms, and address literals.
#include "ph/address/domain.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {
using namespace ph::address;

class DomainTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DomainTest);
  CPPUNIT_TEST(normalised);
  CPPUNIT_TEST(refused);
  CPPUNIT_TEST(unicode);
  CPPUNIT_TEST(literals);
  CPPUNIT_TEST_SUITE_END();

  void normalised() {
    const struct {
      const char *text, *name;
    } kTable[] = {
        {"Example.COM", "example.com"},
        {"localhost", "localhost"},
        {"1.2.3.4", "1.2.3.4"},
        {"a-b.x", "a-b.x"},
        {"Bücher.example", "xn--bcher-kva.example"},
        {"BU\xCC\x88"
         "CHER.example",
         "xn--bcher-kva.example"},                    // u and a combining diaeresis
        {"straße.example", "xn--strae-oqa.example"},  // IDNA 2008: not "strasse"
        {"例え.テスト", "xn--r8jz45g.xn--zckzah"},
        {"XN--bcher-KVA.example", "xn--bcher-kva.example"},
    };
    for (const auto& t : kTable) {
      const auto name = normaliseDomain(t.text);
      CPPUNIT_ASSERT_MESSAGE(t.text, name.ok());
      CPPUNIT_ASSERT_EQUAL(std::string(t.name), *name);
    }
    CPPUNIT_ASSERT_EQUAL(std::string("_dmarc.example"), *normaliseDnsName("_DMARC.example"));
    CPPUNIT_ASSERT_EQUAL(std::string("s_1._domainkey.xn--bcher-kva.example"),
                         *normaliseDnsName("s_1._domainkey.bücher.example"));
  }

  void refused() {
    for (const char* text : {"", ".", "x.", ".x", "x..y", "-x", "x-", "a_b", "a b", "a/b", "a@b", "[192.0.2.1]", "xn--",
                             "xn--a", "xn--\xC3\xBC", "a\xff.b", "\xE2\x80\x8D.example", "a\xE3\x80\x82", "x\ty"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !normaliseDomain(text));
    }
    CPPUNIT_ASSERT(!normaliseDomain(std::string_view("a\0b", 3)));
    std::string wide;  // 63 characters, but more bytes as an A-label
    for (int i = 0; i < 63; ++i) wide += "ü";
    CPPUNIT_ASSERT(!normaliseDomain(wide));
    CPPUNIT_ASSERT(!normaliseDomain(std::string(1'000'000, 'a')));
  }

  void unicode() {
    CPPUNIT_ASSERT_EQUAL(std::string("bücher.example"), unicodeDomain("xn--bcher-kva.example"));
    CPPUNIT_ASSERT_EQUAL(std::string("x.example"), unicodeDomain("X.Example"));
    CPPUNIT_ASSERT_EQUAL(std::string("not a domain"), unicodeDomain("Not a Domain"));
  }

  void literals() {
    const struct {
      const char *text, *canonical;
    } kGood[] = {
        {"[192.0.2.1]", "[192.0.2.1]"},
        {"[IPv6:::1]", "[IPv6:::1]"},
        {"[ipv6:2001:0DB8:0:0:0:0:0:1]", "[IPv6:2001:db8::1]"},
        {"[IPv6:::ffff:192.0.2.1]", "[IPv6:::ffff:192.0.2.1]"},
    };
    for (const auto& t : kGood) {
      const auto literal = parseAddressLiteral(t.text);
      CPPUNIT_ASSERT_MESSAGE(t.text, literal.ok());
      CPPUNIT_ASSERT_EQUAL(std::string(t.canonical), formatAddressLiteral(*literal));
    }
    for (const char* text : {"", "[]", "192.0.2.1", "[192.0.2]", "[192.0.2.1 ]", "[ 192.0.2.1]", "[IPv6:]", "[::1]",
                             "[IPv6:::1%lo]", "[x-tag:abc]", "[192.0.2.01x]"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parseAddressLiteral(text));
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DomainTest);
}  // namespace
