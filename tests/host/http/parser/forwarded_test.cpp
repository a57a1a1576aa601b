#include "http/parser/forwarded.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse::http;

namespace {

class ForwardedTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ForwardedTest);
  CPPUNIT_TEST(whomItSpeaksFor);
  CPPUNIT_TEST_SUITE_END();

 public:
  void whomItSpeaksFor() {
    // 10.* are proxies. Wanted: the address, then s or p if the scheme is known.
    using By = ForwardedBy;
    struct {
      By by;
      const char *field, *value, *wanted;
    } const table[] = {
        {By::Forwarded, "forwarded", "for=192.0.2.60;proto=https;by=203.0.113.43", "192.0.2.60s"},
        {By::Forwarded, "forwarded", "For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"},
        {By::Forwarded, "forwarded", "for=\"192.0.2.43:47011\";proto=http", "192.0.2.43p"},
        {By::Forwarded, "forwarded", "for=6.6.6.6, for=192.0.2.43", "192.0.2.43"},
        {By::Forwarded, "forwarded", "for=192.0.2.43;proto=https, for=10.0.0.1;proto=http", "192.0.2.43s"},
        {By::Forwarded, "forwarded", "for=192.0.2.43, for=unknown", ""},
        {By::Forwarded, "forwarded", "for=192.0.2.43, for=_hidden, for=10.0.0.1", "10.0.0.1"},
        {By::Forwarded, "forwarded", "for=10.0.0.9, for=10.0.0.1", "10.0.0.9"},
        {By::Forwarded, "forwarded", "for=\"a, for=192.0.2.43", ""},
        {By::Forwarded, "forwarded", "for=\"192.0.2.4\\3\"", "192.0.2.43"},
        {By::Forwarded, "forwarded", "", ""},
        {By::Forwarded, "x-forwarded-for", "192.0.2.43", ""},
        {By::XForwardedFor, "x-forwarded-for", "6.6.6.6, 192.0.2.43, 10.0.0.1", "192.0.2.43"},
        {By::XForwardedFor, "x-forwarded-for", "2001:DB8:0::1", "2001:db8::1"},
        {By::XForwardedFor, "x-forwarded-for", "<script>", ""},
        {By::XForwardedFor, "forwarded", "for=192.0.2.43", ""},
        {By::Nothing, "x-forwarded-for", "192.0.2.43", ""},
    };
    for (const auto& t : table) {
      Fields f;
      f.add(t.field, t.value);
      const Origin o = originOf(f, t.by, [](const std::string& ip) { return ip.starts_with("10."); });
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.value, std::string(t.wanted), o.ip + (!o.secure ? "" : *o.secure ? "s" : "p"));
    }
    Fields two;  // lines make one list
    two.add("x-forwarded-for", "192.0.2.43");
    two.add("x-forwarded-for", "10.0.0.1");
    two.add("x-forwarded-proto", "http, https");
    const Origin o = originOf(two, By::XForwardedFor, [](const std::string& ip) { return ip.starts_with("10."); });
    CPPUNIT_ASSERT(o.ip == "192.0.2.43" && o.secure == true);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ForwardedTest);

}  // namespace
