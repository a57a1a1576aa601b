// Names as text and octets, names of addresses, names that nobody is asked for.
#include "dns/name.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "dns/special.hpp"

using namespace posthouse::dns;

namespace {

class NameTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(NameTest);
  CPPUNIT_TEST(normalises);
  CPPUNIT_TEST(refuses);
  CPPUNIT_TEST(lengths);
  CPPUNIT_TEST(noNameLooksLikeAnother);
  CPPUNIT_TEST(refusesWire);
  CPPUNIT_TEST(reverse);
  CPPUNIT_TEST(special);
  CPPUNIT_TEST_SUITE_END();

 public:
  void normalises() {
    const std::pair<const char*, const char*> cases[] = {
        {"Example.ORG", "example.org"},
        {".", "."},
        {"_25._tcp.MX.example", "_25._tcp.mx.example"},
        {"0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"},  // RFC 2317 4
        {"a+b._spf.example", "a+b._spf.example"},
        {"\\097.example", "a.example"},
        {"\\046.example", "\\046.example"},
        {"xn--bcher-kva.example", "xn--bcher-kva.example"},
    };
    for (const auto& [given, wanted] : cases) {
      const auto name = normaliseName(given);
      CPPUNIT_ASSERT_MESSAGE(given, name.has_value());
      CPPUNIT_ASSERT_EQUAL(std::string(wanted), *name);
    }
  }

  void refuses() {
    for (const char* text : {"", "..", ".example", "example.", "a..b", "a b",
                             "b\xc3\xbc"
                             "cher.example",
                             "a\\b", "a\\25", "a\\256", "a\\0x1", "\\", "tab\there"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !normaliseName(text));
    }
    CPPUNIT_ASSERT(!normaliseName(std::string("a\0b", 3)));
  }

  void lengths() {
    const std::string label(63, 'a');
    CPPUNIT_ASSERT(normaliseName(label + ".example"));
    CPPUNIT_ASSERT(!normaliseName(label + "a.example"));
    // 255 octets on the wire: 253 characters.
    const std::string most = label + "." + label + "." + label + "." + std::string(61, 'b');
    CPPUNIT_ASSERT_EQUAL(size_t{253}, most.size());
    CPPUNIT_ASSERT(normaliseName(most));
    CPPUNIT_ASSERT_EQUAL(size_t{255}, wireName(most)->size());
    CPPUNIT_ASSERT(!normaliseName(most + "b"));
  }

  void noNameLooksLikeAnother() {
    const std::string dotInside(
        "\x03"
        "a.b\x07"
        "example\0",
        13);
    CPPUNIT_ASSERT_EQUAL(std::string("a\\046b.example"), *textName(dotInside));
    CPPUNIT_ASSERT(*wireName("a\\046b.example") == dotInside);
    const std::string nul(
        "\x03"
        "a\0b\0",
        5);
    CPPUNIT_ASSERT_EQUAL(std::string("a\\000b"), *textName(nul));
    const std::string slash(
        "\x02"
        "a\\\0",
        4);
    CPPUNIT_ASSERT_EQUAL(std::string("a\\092"), *textName(slash));
  }

  void refusesWire() {
    const std::string cases[] = {"",
                                 "\x03"
                                 "abc",
                                 std::string("\x05"
                                             "abc\0",
                                             5),
                                 std::string("\x01"
                                             "a\0x",
                                             4),
                                 std::string("\xc0\x0c", 2),
                                 std::string("\x40", 1) + std::string(64, 'a') + std::string(1, '\0')};
    for (const auto& wire : cases) CPPUNIT_ASSERT(!textName(wire));
  }

  void reverse() {
    CPPUNIT_ASSERT_EQUAL(std::string("1.2.0.192.in-addr.arpa"), *reverseName("192.0.2.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("1.2.0.192.in-addr.arpa"), *reverseName("::ffff:192.0.2.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"),
                         *reverseName("2001:db8::567:89ab"));
    for (const char* text : {"", "192.0.2", "192.0.2.256", "example", "[::1]"}) CPPUNIT_ASSERT(!reverseName(text));
  }

  void special() {
    const auto local = specialAnswer({"mail.localhost", Type::Aaaa});
    CPPUNIT_ASSERT(local && local->outcome == Outcome::Found);
    CPPUNIT_ASSERT_EQUAL(std::string("::1"), local->records.at(0).value);
    CPPUNIT_ASSERT(specialAnswer({"localhost", Type::Mx})->outcome == Outcome::NoData);
    CPPUNIT_ASSERT(specialAnswer({"a.invalid", Type::A})->outcome == Outcome::NoName);
    CPPUNIT_ASSERT(specialAnswer({"xyz.onion", Type::A})->outcome == Outcome::NoName);
    for (const char* name : {"mx.test", "example", "localhost.example", "notonion", "."}) {
      CPPUNIT_ASSERT_MESSAGE(name, !specialAnswer({name, Type::A}));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(NameTest);

}  // namespace
