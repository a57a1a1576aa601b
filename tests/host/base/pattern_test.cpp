#include "base/pattern.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <chrono>

namespace posthouse {

class PatternTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PatternTest);
  CPPUNIT_TEST(matchesAnywhere);
  CPPUNIT_TEST(refusesWhatIsNone);
  CPPUNIT_TEST(staysLinear);
  CPPUNIT_TEST_SUITE_END();

 public:
  static bool matches(const std::string& pattern, const std::string& text) {
    const auto p = Pattern::compile(pattern);
    CPPUNIT_ASSERT_MESSAGE(pattern, p.ok());
    return p->matches(text);
  }

  void matchesAnywhere() {
    CPPUNIT_ASSERT(matches("b+", "abba"));
    CPPUNIT_ASSERT(matches("^(junk|spam)", "spam/old"));
    CPPUNIT_ASSERT(!matches("^(junk|spam)$", "spam/old"));
    CPPUNIT_ASSERT(matches("ü.$", "grüß"));
    CPPUNIT_ASSERT(!matches("x", "\xff\xfe"));
    CPPUNIT_ASSERT(!Pattern().matches(""));
    CPPUNIT_ASSERT(!Pattern());
  }

  void refusesWhatIsNone() {
    for (const char* text : {"(", "a**", "[z-a]", "(?=a)", "\\1"})
      CPPUNIT_ASSERT_MESSAGE(text, !Pattern::compile(text));
    CPPUNIT_ASSERT(!Pattern::compile(std::string(2000, 'a')));
    CPPUNIT_ASSERT(!Pattern::compile("((a{100}){100}){100}"));
  }

  // A backtracking engine takes ages for each of these.
  void staysLinear() {
    const auto begin = std::chrono::steady_clock::now();
    const std::string hostile(50'000, 'a');
    for (const char* text : {"(a+)+$b", "(a|aa)+c", "(.*)*d", "a?a?a?a?a?a?a?a?a?a?aaaaaaaaaae"})
      CPPUNIT_ASSERT(!matches(text, hostile));
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PatternTest);

}  // namespace posthouse
