#include "ph/date/internet.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {

using namespace ph::date;

class InternetDateTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(InternetDateTest);
  CPPUNIT_TEST(good);
  CPPUNIT_TEST(bad);
  CPPUNIT_TEST_SUITE_END();

 public:
  void good() {
    const struct {
      const char* text;
      int64_t unix;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-21T07:00:00Z", 1795244400},
        {"2026-11-21t07:00:00.125z", 1795244400},
        {"2026-11-21T09:30:00+02:30", 1795244400},
        {"2026-11-20T23:00:00-08:00", 1795244400},
        {"1990-12-31T23:59:60Z", 662688000},
    };
    for (const auto& c : cases) {
      const auto got = parseInternet(c.text);
      CPPUNIT_ASSERT_MESSAGE(c.text, got.ok());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.text, c.unix, *got);
    }
    CPPUNIT_ASSERT_EQUAL(std::string("2026-11-21T07:00:00Z"), formatInternet(1795244400));
    CPPUNIT_ASSERT_EQUAL(std::string("1969-12-31T23:59:59Z"), formatInternet(-1));
  }

  void bad() {
    for (const char* text :
         {"", "2026-11-21", "2026-11-21T07:00:00", "2026-11-21 07:00:00Z", "2026-02-30T00:00:00Z",
          "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T07:60:00Z", "2026-11-21T07:00Z",
          "2026-11-21T07:00:00.Z", "2026-11-21T07:00:00Zx", "2026-11-21T07:00:00+0200", "26-11-21T07:00:00Z",
          "2026-11-21T07:00:61Z", "+026-11-21T07:00:00Z"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parseInternet(text).ok());
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(InternetDateTest);

}  // namespace
