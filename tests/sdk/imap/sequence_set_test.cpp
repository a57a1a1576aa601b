// Sequence sets and number sets.
#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "ph/imap/sequence_set.hpp"

namespace {

using namespace ph::imap;

class SequenceSetTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SequenceSetTest);
  CPPUNIT_TEST(resolves);
  CPPUNIT_TEST(bad);
  CPPUNIT_TEST(bounds);
  CPPUNIT_TEST(numberSets);
  CPPUNIT_TEST(cursor);
  CPPUNIT_TEST_SUITE_END();

 public:
  void resolves() {
    const struct {
      const char* in;
      std::uint32_t star;
      const char* out;
    } cases[] = {
        {"1", 9, "1"},
        {"4:2", 9, "2:4"},
        {"2,4:7,9,12:*", 15, "2,4:7,9,12:15"},  // RFC 9051 9
        {"*:4,5:7", 10, "4:10"},
        {"3291:*", 5, "5:3291"},
        {"*", 7, "7"},
        {"*:*", 7, "7"},
        {"*", 0, ""},
        {"1:*,3", 0, "3"},
        {"5,3,1,2,4", 9, "1:5"},
        {"4294967295", 1, "4294967295"},
        {"1:4294967295,7", 1, "1:4294967295"},
    };
    for (const auto& c : cases) {
      const auto set = SequenceSet::parse(c.in);
      CPPUNIT_ASSERT_MESSAGE(c.in, set.ok());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.in, std::string(c.out), set->resolve(c.star).toString());
    }
    CPPUNIT_ASSERT(SequenceSet::parse("$")->isSavedResult());
    CPPUNIT_ASSERT(SequenceSet::parse("1:*")->hasStar());
    CPPUNIT_ASSERT_EQUAL(8u, SequenceSet::parse("8:*,2")->largest());
  }

  void bad() {
    for (const auto in : {"", "0", "01", "1:", ":1", "1,", ",1", "1:2:3", "4294967296", "99999999999999999999", "a",
                          "1 2", "$,1", "1,$", "**", "-1"}) {
      CPPUNIT_ASSERT_MESSAGE(in, !SequenceSet::parse(in).ok());
    }
  }

  void bounds() {
    std::string text;
    for (int i = 1'000'000; i > 0; --i) text += std::to_string(i * 2) + ",";
    const auto all = SequenceSet::parse(text + "1");
    CPPUNIT_ASSERT(!all.ok() && all.error().kind == ph::Kind::Limit);
    text.clear();
    for (int i = 90'000; i > 0; --i) text += std::to_string(i * 2) + ",";
    CPPUNIT_ASSERT_EQUAL(std::size_t{90'000}, SequenceSet::parse(text + "1")->resolve(1).ranges().size());
  }

  void cursor() {
    for (const char* text : {"1", "3:5", "1,3:4,7,4294967294:4294967295"}) {
      const auto set = SequenceSet::parse(text)->resolve(1);
      NumberSet walked;
      std::uint64_t steps = 0;
      for (NumberCursor c(set); !c.isAtEnd(); c.next(), ++steps) walked.add(*c);
      CPPUNIT_ASSERT_EQUAL(std::string(text), walked.toString());
      CPPUNIT_ASSERT_EQUAL(set.count(), steps);
    }
    const NumberSet empty;
    CPPUNIT_ASSERT(NumberCursor(empty).isAtEnd());
  }

  void numberSets() {
    NumberSet s;
    for (const std::uint32_t n : {10u, 5u, 7u, 6u, 11u, 1u, 9u}) s.add(n);
    CPPUNIT_ASSERT_EQUAL(std::string("1,5:7,9:11"), s.toString());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{7}, s.count());
    CPPUNIT_ASSERT(s.contains(6) && s.contains(1) && !s.contains(8) && !s.contains(12) && !s.contains(0));
    s.addRange(2, 9);
    CPPUNIT_ASSERT_EQUAL(std::string("1:11"), s.toString());
    NumberSet t = NumberSet::fromRanges({{20, 30}, {3, 4}, {11, 12}});
    CPPUNIT_ASSERT_EQUAL(std::string("3:4,11"), s.intersect(t).toString());
    t.addRange(1, UINT32_MAX);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{UINT32_MAX}, t.count());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SequenceSetTest);

}  // namespace
