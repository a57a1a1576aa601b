// Parameters with continuations and charsets, and the ways senders break them.
#include "ph/mime/parameters.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {
using namespace ph::mime;

class ParametersTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ParametersTest);
  CPPUNIT_TEST(decoded);
  CPPUNIT_TEST(limit);
  CPPUNIT_TEST_SUITE_END();

  void decoded() {
    const struct {
      std::string text, shape;
    } kTable[] = {
        {"", ""},
        {"; charset=UTF-8", "charset=UTF-8|"},
        {"; A = \"x; y\" ;; b=c;", "a=x; y|b=c|"},
        {"; a=\"q\\\"q\"; b=\"C:\\dir\\f\"", "a=q\"q|b=C:\\dir\\f|"},
        {"; (c) a (c) = (c) b (c)", "a=b|"},
        {"; name=two words.pdf; b=c", "name=two words.pdf|b=c|"},
        {"; a=\"folded\r\n value\"", "a=folded value|"},
        {"; a=1; a=2", "a=1|"},
        {"; noval; a=b", "a=b|"},
        {"; \"junk;x\" ; a=b", "a=b|"},
        {"; a=\"open", "a=open|"},
        // RFC 2231 3, 4, 4.1.
        {"; url*0=\"ftp://\"; url*1=\"x.example\"", "url=ftp://x.example|"},
        {"; url*1=\"x.example\"; url*0=\"ftp://\"", "url=ftp://x.example|"},
        {"; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "title=This is ***fun***|"},
        {"; t*0*=us-ascii'en'This%20is%20even%20more%20; t*1*=%2A%2A%2Afun%2A%2A%2A%20; t*2=\"isn't it!\"",
         "t=This is even more ***fun*** isn't it!|"},
        {"; f*0*=utf-8''%C3; f*1*=%A4", "f=ä|"},
        {"; f*=iso-8859-1''%E4", "f=ä|"},
        {"; f=plain; f*=utf-8''%C3%A4", "f=ä|"},
        {"; f*0=a; f*2=c", "f=a|"},
        {"; f*1=b", ""},
        {"; f*=no-quotes%20here", "f=no-quotes here|"},
        {"; f*x=odd", "f*x=odd|"},
        {"; f*=utf-8''%0D%0ABcc:%00x", "f=Bcc:x|"},
        {"; f=\"=?utf-8?Q?=C3=A4.txt?=\"", "f=ä.txt|"},
        {"; f=\"\xE4\"", "f=ä|"},
    };
    for (const auto& t : kTable) {
      Parameters p;
      parseParameters(t.text, p);
      std::string shape;
      for (const Parameter& one : p.decoded()) {
        shape += one.name + '=' + one.value + '|';
        CPPUNIT_ASSERT_MESSAGE(t.text, p.get(one.name) == one.value);
      }
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.text, t.shape, shape);
    }
  }

  void limit() {
    std::string many;
    for (int i = 0; i < 100'000; ++i) many += ";a" + std::to_string(i) + "=b";
    Parameters p;
    parseParameters(many, p);
    CPPUNIT_ASSERT_EQUAL(size_t{1000}, p.raw().size());
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ParametersTest);
}  // namespace
