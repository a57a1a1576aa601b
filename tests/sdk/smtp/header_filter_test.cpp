#include "ph/smtp/header_filter.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace {

using ph::smtp::HeaderFilter;

class HeaderFilterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HeaderFilterTest);
  CPPUNIT_TEST(table);
  CPPUNIT_TEST(countsAndValues);
  CPPUNIT_TEST(nonAscii);
  CPPUNIT_TEST(holdsBackLittle);
  CPPUNIT_TEST_SUITE_END();

 public:
  void table() {
    const struct {
      std::string_view in, out;
    } cases[] = {
        {"", ""},
        {"A: 1\r\nBcc: x\r\nC: 2\r\n\r\nBcc: body\r\n", "A: 1\r\nC: 2\r\n\r\nBcc: body\r\n"},
        {"bCC :x\r\n y\r\n\tz\r\nC: 2\r\n", "C: 2\r\n"},
        {"A: 1\r\n Bcc: folded\r\n\r\n", "A: 1\r\n Bcc: folded\r\n\r\n"},
        {"Bcc: x\n y\nC: 2\n\nBcc: body\n", "C: 2\n\nBcc: body\n"},
        {"Bcc: only", ""},
        {"Bccc: x\r\nBc: y\r\nBcc\r\n\r\n", "Bccc: x\r\nBc: y\r\nBcc\r\n\r\n"},
        {"\r\nBcc: body", "\r\nBcc: body"},
        {"no field here\r\n Bcc: x\r\nBcc: x\r\n\r\n", "no field here\r\n Bcc: x\r\n\r\n"},
        {" Bcc: x\r\nA: 1\r\n", " Bcc: x\r\nA: 1\r\n"},
        {"Bcc", "Bcc"},
        {"\r", "\r"},
    };
    for (const auto& c : cases) {
      for (std::size_t step = 1; step <= c.in.size() + 1; ++step) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(c.in), std::string(c.out), filter(c.in, step));
      }
    }
  }

  void countsAndValues() {
    HeaderFilter f([](std::string_view) {}, {{"received", false}, {"tls-required", false}});
    f.feed("Received: a\r\nrecei");
    f.feed("ved : b\r\nReceivedX: no\r\n Received: no\r\nTLS-Required:  No \r\n\r\nReceived: body\r\n");
    CPPUNIT_ASSERT_EQUAL(2u, f.field("received").count);
    CPPUNIT_ASSERT_EQUAL(std::string("  No \r\n"), f.field("tls-required").value);
    CPPUNIT_ASSERT_EQUAL(0u, f.field("unknown").count);
    CPPUNIT_ASSERT(f.inBody());
  }

  void nonAscii() {
    HeaderFilter body([](std::string_view) {}, {});
    body.feed("A: 1\r\n\r\n\xc3\xa4");
    CPPUNIT_ASSERT(!body.nonAscii());
    for (const char* in : {"A: \xc3\xa4\r\n", "\xc3\xa4: 1\r\n", "A: 1\r\n \xc3\xa4"}) {
      HeaderFilter f([](std::string_view) {}, {});
      f.feed(in);
      CPPUNIT_ASSERT(f.nonAscii());
    }
  }

  void holdsBackLittle() {
    std::size_t out = 0;
    HeaderFilter f([&](std::string_view s) { out += s.size(); }, {{"bcc", true}});
    f.feed(std::string(1'000'000, 'x'));
    CPPUNIT_ASSERT(out >= 1'000'000 - HeaderFilter::kMaxName);
    HeaderFilter value([](std::string_view) {}, {{"a", false}});
    value.feed("a:" + std::string(1'000'000, 'x'));
    CPPUNIT_ASSERT_EQUAL(HeaderFilter::kMaxValue, value.field("a").value.size());
  }

 private:
  static std::string filter(std::string_view in, std::size_t step) {
    std::string out;
    HeaderFilter f([&](std::string_view s) { out += s; }, {{"bcc", true}});
    for (std::size_t i = 0; i < in.size(); i += step) f.feed(in.substr(i, step));
    f.finish();
    return out;
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HeaderFilterTest);

}  // namespace
