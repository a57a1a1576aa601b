// addr-spec: what is accepted, its meaning and its spelling.
#include "ph/address/addr_spec.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {
using namespace ph::address;

class AddrSpecTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AddrSpecTest);
  CPPUNIT_TEST(accepted);
  CPPUNIT_TEST(refused);
  CPPUNIT_TEST(lengths);
  CPPUNIT_TEST(formatted);
  CPPUNIT_TEST_SUITE_END();

  void accepted() {
    const struct {
      std::string text, localpart, domain, written;
      bool utf8;
    } kTable[] = {
        {"a@x.example", "a", "x.example", "a@x.example", false},
        {"A.b+c@X.Example", "A.b+c", "x.example", "A.b+c@x.example", false},
        {"!#$%&'*+-/=?^_`{|}~@x", "!#$%&'*+-/=?^_`{|}~", "x", "!#$%&'*+-/=?^_`{|}~@x", false},
        {"\"a b\"@x", "a b", "x", "\"a b\"@x", false},
        {"\"plain\"@x", "plain", "x", "plain@x", false},
        {R"("a\"b\\c"@x)", R"(a"b\c)", "x", R"("a\"b\\c"@x)", false},
        {R"("\a\@b"@x)", "a@b", "x", R"("a@b"@x)", false},
        {"\"a..b\"@x", "a..b", "x", "\"a..b\"@x", false},
        {"zoë@bücher.example", "zoë", "xn--bcher-kva.example", "zoë@xn--bcher-kva.example", true},
        {"a@[192.0.2.1]", "a", "[192.0.2.1]", "a@[192.0.2.1]", false},
        {"a@[IPv6:2001:DB8:0::1]", "a", "[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]", false},
    };
    for (const auto& t : kTable) {
      const auto a = parseAddrSpec(t.text);
      CPPUNIT_ASSERT_MESSAGE(t.text, a.ok());
      CPPUNIT_ASSERT_EQUAL(t.localpart, a->localpart);
      CPPUNIT_ASSERT_EQUAL(t.domain, a->domain);
      CPPUNIT_ASSERT_EQUAL(t.written, formatAddrSpec(*a));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.text, t.utf8, needsSmtpUtf8(*a));
      CPPUNIT_ASSERT_MESSAGE(t.text, *parseAddrSpec(t.written) == *a);
    }
  }

  void refused() {
    for (const char* text : {"",
                             "a",
                             "@x",
                             "a@",
                             ".a@x",
                             "a.@x",
                             "a..b@x",
                             "a b@x",
                             "a@x y",
                             "a@b@c",
                             "<a@x>",
                             "a@x.",
                             "a@.x",
                             "a@x..y",
                             "\"a@x",
                             "\"a\"b@x",
                             "\"a\\",
                             "\"\"@x",
                             "a(c)@x",
                             "a@[192.0.2.256]",
                             "a@[192.0.2.1",
                             "a@[IPv6:1::2::3]",
                             "a@[2001:db8::1]",
                             "a@-x.example",
                             "a@x_y.example",
                             "\"a\tb\"@x",
                             "a\xff@x",
                             "a@\xff",
                             "a\r\n@x"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parseAddrSpec(text));
    }
    CPPUNIT_ASSERT(!parseAddrSpec(std::string_view("a\0b@x", 5)));
    CPPUNIT_ASSERT(!parseAddrSpec(std::string_view("a@x\0", 4)));
  }

  void lengths() {
    CPPUNIT_ASSERT(parseAddrSpec(std::string(255, 'a') + "@x"));
    CPPUNIT_ASSERT(!parseAddrSpec(std::string(256, 'a') + "@x"));
    CPPUNIT_ASSERT(parseAddrSpec("a@" + std::string(63, 'x')));
    CPPUNIT_ASSERT(!parseAddrSpec("a@" + std::string(64, 'x')));
    std::string name;
    for (int i = 0; i < 127; ++i) name += i ? ".x" : "x";
    CPPUNIT_ASSERT_EQUAL(size_t{253}, name.size());
    CPPUNIT_ASSERT(parseAddrSpec("a@" + name));
    CPPUNIT_ASSERT(!parseAddrSpec("a@x" + name));
  }

  void formatted() {
    CPPUNIT_ASSERT_EQUAL(std::string("a@bücher.example"), formatAddrSpec({"a", "xn--bcher-kva.example"}, true));
    CPPUNIT_ASSERT_EQUAL(std::string("\"\"@x"), formatAddrSpec("", "x"));
    CPPUNIT_ASSERT_EQUAL(std::string("a"), formatAddrSpec("a", ""));
    size_t used = 0;
    CPPUNIT_ASSERT_EQUAL(std::string("a b"), *parseLocalpart("\"a b\"@x>", &used));
    CPPUNIT_ASSERT_EQUAL(size_t{5}, used);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(AddrSpecTest);
}  // namespace
