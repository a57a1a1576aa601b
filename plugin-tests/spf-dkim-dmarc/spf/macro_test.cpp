// Macros: the examples of RFC 7208 7.4, and what is a syntax error.
#include "spf/macro.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {

using ph_mailauth::Ip;
using ph_mailauth::MacroString;
using Place = MacroString::Place;

ph_mailauth::MacroValues values(const char* ip) {
  ph_mailauth::MacroValues v;
  v.sender = "strong-bad@email.example.com";
  v.localpart = "strong-bad";
  v.origin = v.domain = "email.example.com";
  v.ip = *Ip::parse(ip);
  v.helo = "mail.example.net";
  v.validatedName = [] { return std::string("mx.example.org"); };
  v.now = 1234;
  return v;
}

class SpfMacroTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SpfMacroTest);
  CPPUNIT_TEST(examples);
  CPPUNIT_TEST(explanations);
  CPPUNIT_TEST(errors);
  CPPUNIT_TEST(longNames);
  CPPUNIT_TEST_SUITE_END();

 public:
  void examples() {
    const struct {
      const char* macro;
      const char* expansion;
    } table[] = {
        {"%{s}", "strong-bad@email.example.com"},
        {"%{o}", "email.example.com"},
        {"%{d}", "email.example.com"},
        {"%{d4}", "email.example.com"},
        {"%{d3}", "email.example.com"},
        {"%{d2}", "example.com"},
        {"%{d1}", "com"},
        {"%{dr}", "com.example.email"},
        {"%{d2r}", "example.email"},
        {"%{l}", "strong-bad"},
        {"%{l-}", "strong.bad"},
        {"%{lr}", "strong-bad"},
        {"%{lr-}", "bad.strong"},
        {"%{l1r-}", "strong"},
        {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
        {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
        {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
        {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
        {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
        {"%{p2}.%{h}", "example.org.mail.example.net"},
        {"%{D1}%%%_%-.a.b", "com% %20.a.b"},
        {"%{S}", "strong-bad%40email.example.com"},
    };
    for (const auto& row : table) {
      const auto parsed = MacroString::parse(row.macro, Place::DomainSpec);
      CPPUNIT_ASSERT_MESSAGE(row.macro, parsed.has_value());
      CPPUNIT_ASSERT_EQUAL(std::string(row.expansion), parsed->expand(values("192.0.2.3")));
    }
    const auto v6 = MacroString::parse("%{ir}.%{v}._spf.%{d2}", Place::DomainSpec);
    CPPUNIT_ASSERT_EQUAL(
        std::string("1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com"),
        v6->expand(values("2001:db8::cb01")));
  }

  void explanations() {
    const auto text = MacroString::parse("%{c} at %{t} told %{r}", Place::Explanation);
    CPPUNIT_ASSERT_EQUAL(std::string("2001:db8::cb01 at 1234 told unknown"), text->expand(values("2001:db8::cb01")));
    CPPUNIT_ASSERT(MacroString::parse("", Place::Explanation).has_value());
  }

  void errors() {
    for (const char* bad : {"%(ir).example.org", "%{d0}.example.org", "%{d", "%", "a.%", "%{x}", "%{c}", "%{dz}", "",
                            "nodot", "a.b-", "a.1", "a b.com", "a.com/24", "%{ir}.c\xc3\xb6m"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !MacroString::parse(bad, Place::DomainSpec));
    }
    CPPUNIT_ASSERT(!MacroString::parse("a\tb", Place::Explanation) && !MacroString::parse("100%", Place::Explanation));
    CPPUNIT_ASSERT(MacroString::parse("anything/at:all", Place::Modifier) &&
                   !MacroString::parse("%x", Place::Modifier));
    CPPUNIT_ASSERT(MacroString::parse("a.b.", Place::DomainSpec) && MacroString::parse("x.1-a", Place::DomainSpec));
  }

  // RFC 7208 7.3: labels on the left go, one by one.
  void longNames() {
    auto v = values("192.0.2.3");
    v.localpart = std::string(60, 'a') + "." + std::string(60, 'b') + "." + std::string(60, 'c') + "." +
                  std::string(60, 'd') + "." + std::string(60, 'e');
    const auto spec = MacroString::parse("%{l}.%{d2}", Place::DomainSpec);
    const auto name = spec->expandName(v);
    CPPUNIT_ASSERT_EQUAL(std::string(60, 'c'), name.substr(0, 60));
    CPPUNIT_ASSERT(name.ends_with(".example.com") && name.size() <= 253);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SpfMacroTest);

}  // namespace
