#include "http/parser/conditional.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "http/parser/date.hpp"
#include "http/parser/range.hpp"

using namespace posthouse::http;

namespace {

RequestHead request(const char* method, std::initializer_list<std::pair<const char*, const char*>> fields) {
  RequestHead r;
  r.method = method;
  for (const auto& [name, value] : fields) r.fields.add(name, value);
  return r;
}

class ConditionalTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConditionalTest);
  CPPUNIT_TEST(dates);
  CPPUNIT_TEST(tags);
  CPPUNIT_TEST(conditions);
  CPPUNIT_TEST(ranges);
  CPPUNIT_TEST_SUITE_END();

 public:
  void dates() {
    // RFC 9110 5.6.7: one moment in three forms.
    for (const char* text :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
      const auto t = parseHttpDate(text);
      CPPUNIT_ASSERT_MESSAGE(text, t && *t == 784111777);
    }
    CPPUNIT_ASSERT_EQUAL(std::string("Sun, 06 Nov 1994 08:49:37 GMT"), httpDate(784111777));
    for (const char* text :
         {"", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMTx", "Sun, 46 Nov 1994 08:49:37 GMT",
          "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 28:49:37 GMT"})
      CPPUNIT_ASSERT_MESSAGE(text, !parseHttpDate(text));
  }

  void tags() {
    struct {
      const char *a, *b;
      bool strong, weak;
    } const table[] = {
        // RFC 9110 8.8.3.2
        {"W/\"1\"", "W/\"1\"", false, true},
        {"W/\"1\"", "W/\"2\"", false, false},
        {"W/\"1\"", "\"1\"", false, true},
        {"\"1\"", "\"1\"", true, true},
        {"1", "1", false, false},
        {"", "", false, false},
    };
    for (const auto& t : table) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.a, t.strong, strongMatch(t.a, t.b));
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.a, t.weak, weakMatch(t.a, t.b));
    }
  }

  void conditions() {
    constexpr const char* kThen = "Sun, 06 Nov 1994 08:49:37 GMT";
    constexpr const char* kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";
    using C = Condition;
    struct {
      const char *method, *field, *value;
      C wanted;
    } const table[] = {
        {"GET", "if-none-match", "\"a\"", C::NotModified},
        {"HEAD", "if-none-match", "W/\"a\"", C::NotModified},
        {"PUT", "if-none-match", "\"a\"", C::Failed},
        {"PUT", "if-none-match", "*", C::Failed},
        {"GET", "if-none-match", "\"b\"", C::Holds},
        {"GET", "if-none-match", "\"b,\", \"c\" , \"a\"", C::NotModified},
        {"GET", "if-none-match", "\"a", C::Holds},
        {"PUT", "if-match", "\"a\"", C::Holds},
        {"PUT", "if-match", "W/\"a\"", C::Failed},
        {"PUT", "if-match", "\"b\"", C::Failed},
        {"PUT", "if-match", "*", C::Holds},
        {"GET", "if-modified-since", kThen, C::NotModified},
        {"GET", "if-modified-since", kBefore, C::Holds},
        {"PUT", "if-modified-since", kThen, C::Holds},
        {"GET", "if-modified-since", "yesterday", C::Holds},
        {"PUT", "if-unmodified-since", kThen, C::Holds},
        {"PUT", "if-unmodified-since", kBefore, C::Failed},
    };
    for (const auto& t : table) {
      const auto got = conditionOf(request(t.method, {{t.field, t.value}}), {"\"a\"", kThen});
      CPPUNIT_ASSERT_MESSAGE(std::string(t.method) + " " + t.field + ": " + t.value, got == t.wanted);
    }
    // RFC 9110 13.2.2: the tag decides, not the date.
    CPPUNIT_ASSERT(conditionOf(request("GET", {{"if-none-match", "\"b\""}, {"if-modified-since", kThen}}),
                               {"\"a\"", kThen}) == C::Holds);
    CPPUNIT_ASSERT(ifRangeHolds(request("GET", {{"if-range", "\"a\""}}), {"\"a\"", ""}));
    CPPUNIT_ASSERT(!ifRangeHolds(request("GET", {{"if-range", "W/\"a\""}}), {"W/\"a\"", ""}));
    CPPUNIT_ASSERT(!ifRangeHolds(request("GET", {{"if-range", kBefore}}), {"", kThen}));
  }

  void ranges() {
    using S = Ranges::State;
    struct {
      const char* field;
      S state;
      const char* parts;
    } const table[] = {
        {"bytes=0-4", S::Parts, "0+5 "},
        {"bytes=5-", S::Parts, "5+5 "},
        {"bytes=-3", S::Parts, "7+3 "},
        {"bytes=-30", S::Parts, "0+10 "},
        {"BYTES=8-100", S::Parts, "8+2 "},
        {"bytes=0-0, 9-9", S::Parts, "0+1 9+1 "},
        {"bytes=10-", S::Unsatisfiable, ""},
        {"bytes=-0", S::Unsatisfiable, ""},
        {"bytes=99-,1-1", S::Parts, "1+1 "},
        {"bytes=4-2", S::Ignored, ""},
        {"bytes=a-b", S::Ignored, ""},
        {"bytes=", S::Ignored, ""},
        {"lines=0-4", S::Ignored, ""},
        {"bytes=0-4,2-6", S::Ignored, ""},
        {"bytes=+1-4", S::Ignored, ""},
        {"bytes=0-99999999999999999999", S::Ignored, ""},
        {"bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8", S::Ignored, ""},
    };
    for (const auto& t : table) {
      const Ranges r = parseRange(t.field, 10);
      std::string parts;
      for (const auto& p : r.parts) parts += std::to_string(p.from) + "+" + std::to_string(p.size) + " ";
      CPPUNIT_ASSERT_MESSAGE(t.field, r.state == t.state);
      if (r.state == S::Parts) CPPUNIT_ASSERT_EQUAL_MESSAGE(t.field, std::string(t.parts), parts);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConditionalTest);

}  // namespace
