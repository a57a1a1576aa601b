// Dates of headers and IMAP, and the arithmetic below them.
#include "ph/date/date.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {
using namespace ph::date;

class DateTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DateTest);
  CPPUNIT_TEST(parsed);
  CPPUNIT_TEST(refused);
  CPPUNIT_TEST(formatted);
  CPPUNIT_TEST(imap);
  CPPUNIT_TEST(arithmetic);
  CPPUNIT_TEST_SUITE_END();

  void parsed() {
    const struct {
      const char* text;
      int64_t seconds;
      int zone;
    } kTable[] = {
        {"Fri, 21 Nov 1997 09:55:06 -0600", 880127706, -360},
        {"21 Nov 1997 09:55 -0600", 880127700, -360},
        {"Fri,21 Nov 1997 09:55:06 -0600", 880127706, -360},
        {" Fri , 21\r\n Nov (a (nested) comment) 1997\t09:55:06 -0600 (CST)", 880127706, -360},
        {"Thu, 1 Jan 1970 00:00:00 +0000", 0, 0},
        {"Thu, 01 Jan 1970 01:00:00 +0100", 0, 60},
        {"Wed, 31 Dec 1969 23:59:59 +0000", -1, 0},
        {"1 Jan 1900 00:00:00 +0000", -2208988800, 0},
        {"1 Jan 0001 00:00:00 +0000", -62135596800, 0},
        {"31 Dec 9999 23:59:59 +0000", 253402300799, 0},
        {"29 Feb 2000 12:00:00 +0000", 951825600, 0},
        {"30 Jun 2012 23:59:60 +0000", 1341100800, 0},
        // RFC 5322 4.3: two and three digits.
        {"1 Jan 70 00:00:00 GMT", 0, 0},
        {"1 Jan 49 00:00:00 UT", 2493072000, 0},
        {"1 Jan 50 00:00:00 UT", -631152000, 0},
        {"1 Jan 100 00:00:00 UT", 946684800, 0},
        // RFC 5322 4.3: obsolete zones.
        {"1 Jan 1970 00:00:00 EST", 18000, -300},
        {"1 Jan 1970 00:00:00 EDT", 14400, -240},
        {"1 Jan 1970 00:00:00 CST", 21600, -360},
        {"1 Jan 1970 00:00:00 CDT", 18000, -300},
        {"1 Jan 1970 00:00:00 MST", 25200, -420},
        {"1 Jan 1970 00:00:00 MDT", 21600, -360},
        {"1 Jan 1970 00:00:00 pst", 28800, -480},
        {"1 Jan 1970 00:00:00 PDT", 25200, -420},
        {"1 Jan 1970 00:00:00 Z", 0, 0},
        {"1 Jan 1970 00:00:00 A", 0, 0},
        {"1 Jan 1970 00:00:00 CEST", 0, 0},
        {"1 Jan 1970 00:00:00 +0530", -19800, 330},
        {"1 Jan 1970 00:00:00 -0000", 0, 0},
        {"1 Jan 1970 00:00:00", 0, 0},
        {"1 Jan 1970", 0, 0},
        {"Thursday, 1 January 1970 00:00:00 GMT", 0, 0},
        {"Thu Jan  1 00:00:00 1970", 0, 0},
        {"Thu Jan 1 1970 00:00:00 +0100", -3600, 60},
        // The clock change of a zone's summer time plays no part: only the offset written counts.
        {"29 Mar 2026 02:30:00 +0100", 1774747800, 60},
        {"29 Mar 2026 02:30:00 +0200", 1774744200, 120},
    };
    for (const auto& t : kTable) {
      const auto when = parse(t.text);
      CPPUNIT_ASSERT_MESSAGE(t.text, when.ok());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.text, t.seconds, when->unixSeconds);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.text, t.zone, when->zoneMinutes);
    }
  }

  void refused() {
    for (const char* text : {"", "Fri", "Fri, 21 Nov", "32 Jan 2000 00:00:00 +0000", "0 Jan 2000", "29 Feb 1900",
                             "30 Feb 2000", "31 Apr 2000", "1 Foo 2000", "1 Jan 20000", "1 Jan 0000", "1 Jan x",
                             "1 Jan 2000 24:00:00", "1 Jan 2000 00:60:00", "1 Jan 2000 00:00:61", "1 Jan 2000 00",
                             "1 Jan 2000 000:00:00", "(21 Nov 1997 09:55:06", "-1 Jan 2000"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parse(text));
    }
    CPPUNIT_ASSERT(!parse(std::string(1'000'000, '(')));
    CPPUNIT_ASSERT(!parse(std::string(1'000'000, '1')));
  }

  void formatted() {
    CPPUNIT_ASSERT_EQUAL(std::string("Fri, 21 Nov 1997 09:55:06 -0600"), format({880127706, -360}));
    CPPUNIT_ASSERT_EQUAL(std::string("Thu, 01 Jan 1970 00:00:00 +0000"), format({0, 0}));
    CPPUNIT_ASSERT_EQUAL(std::string("Wed, 31 Dec 1969 23:59:59 +0000"), format({-1, 0}));
    CPPUNIT_ASSERT_EQUAL(std::string("Thu, 01 Jan 1970 05:30:00 +0530"), format({0, 330}));
    // Beyond the calendar: its ends; an impossible zone: UTC.
    CPPUNIT_ASSERT_EQUAL(std::string("Mon, 01 Jan 0001 00:00:00 +0000"), format({INT64_MIN, 0}));
    CPPUNIT_ASSERT_EQUAL(std::string("Fri, 31 Dec 9999 23:59:59 +0100"), format({INT64_MAX, 60}));
    CPPUNIT_ASSERT_EQUAL(std::string("Thu, 01 Jan 1970 00:00:00 +0000"), format({0, 100'000}));
  }

  void imap() {
    for (const char* text : {"17-Jul-1996 02:44:25 -0700", " 7-Jul-1996 02:44:25 -0700", "7-Jul-1996 02:44:25 -0700",
                             "07-jul-1996 02:44:25 -0700"}) {
      CPPUNIT_ASSERT_MESSAGE(text, parseImapDateTime(text).ok());
    }
    CPPUNIT_ASSERT_EQUAL(int64_t{837596665}, parseImapDateTime("17-Jul-1996 02:44:25 -0700")->unixSeconds);
    CPPUNIT_ASSERT_EQUAL(std::string("17-Jul-1996 02:44:25 -0700"), formatImapDateTime({837596665, -420}));
    CPPUNIT_ASSERT_EQUAL(std::string(" 1-Jan-1970 00:00:00 +0000"), formatImapDateTime({0, 0}));
    for (const char* text :
         {"", "17-Jul-1996", "17-Jul-96 02:44:25 -0700", "17-Jul-1996 2:44:25 -0700", "17-Jul-1996 02:44 -0700",
          "17-Jul-1996 02:44:25 PDT", "17-Jul-1996 02:44:25  -0700", "17-Jul-1996 02:44:25 -0760",
          "31-Jun-1996 02:44:25 -0700", "17-July-1996 02:44:25 -0700"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parseImapDateTime(text));
    }
    CPPUNIT_ASSERT((*parseImapDate("1-Feb-1994") == Day{1994, 2, 1}));
    CPPUNIT_ASSERT((*parseImapDate("\"01-FEB-1994\"") == Day{1994, 2, 1}));
    CPPUNIT_ASSERT_EQUAL(std::string("1-Feb-1994"), formatImapDate({1994, 2, 1}));
    for (const char* text :
         {"", "\"", "\"\"", "--", "1-Feb-94", "1-Feb", "001-Feb-1994", "29-Feb-1900", "1 Feb 1994"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !parseImapDate(text));
    }
  }

  void arithmetic() {
    CPPUNIT_ASSERT_EQUAL(int64_t{0}, daysOf({1970, 1, 1}));
    CPPUNIT_ASSERT_EQUAL(int64_t{-719162}, daysOf({1, 1, 1}));
    int64_t expected = daysOf({1, 1, 1});
    static constexpr int kLength[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int year = 1; year <= 9999; ++year) {
      const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
      for (int month = 1; month <= 12; ++month) {
        const int length = kLength[month - 1] + (leap && month == 2 ? 1 : 0);
        CPPUNIT_ASSERT_EQUAL(expected, daysOf({year, month, 1}));
        CPPUNIT_ASSERT((dayOf(expected + length - 1) == Day{year, month, length}));
        CPPUNIT_ASSERT(isValid({year, month, length}) && !isValid({year, month, length + 1}));
        expected += length;
      }
    }
    CPPUNIT_ASSERT((localDay({0, -1}) == Day{1969, 12, 31}));
    CPPUNIT_ASSERT((localDay({86399, 1}) == Day{1970, 1, 2}));
    CPPUNIT_ASSERT((localDay({-86400, 0}) == Day{1969, 12, 31}));
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DateTest);
}  // namespace
