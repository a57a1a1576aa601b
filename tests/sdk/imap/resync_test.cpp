// Parameters of SELECT and modifiers of FETCH.
#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "ph/imap/fetch_item.hpp"
#include "ph/imap/select_parameters.hpp"

namespace {

using ph::imap::Parser;

class ResyncTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ResyncTest);
  CPPUNIT_TEST(selectParameters);
  CPPUNIT_TEST(wrongSelectParameters);
  CPPUNIT_TEST(fetchModifiers);
  CPPUNIT_TEST_SUITE_END();

 public:
  void selectParameters() {
    struct Case {
      const char* text;
      bool condstore;
      const char* known;  // nullptr: none
      const char* numbers;
      const char* uids;
    };
    for (const Case& c : {Case{"(CONDSTORE)", true, nullptr, nullptr, nullptr},
                          Case{"(QRESYNC (7 99))", false, nullptr, nullptr, nullptr},
                          Case{"(condstore qresync (7 99 3,1:2))", true, "1:3", nullptr, nullptr},
                          Case{"(QRESYNC (7 99 1:9 (1,3:4 2,5:6)) CONDSTORE)", true, "1:9", "1,3:4", "2,5:6"},
                          Case{"(QRESYNC (7 99 (1 1)))", false, nullptr, "1", "1"}}) {
      Parser p(c.text);
      const auto got = ph::imap::parseSelectParameters(p);
      p.end();
      CPPUNIT_ASSERT_MESSAGE(c.text, p.ok());
      CPPUNIT_ASSERT_EQUAL(c.condstore, got.condstore);
      if (!got.qresync) continue;
      CPPUNIT_ASSERT(got.qresync->uidValidity == 7 && got.qresync->modseq == 99);
      CPPUNIT_ASSERT_EQUAL(c.known != nullptr, got.qresync->known.has_value());
      if (c.known) CPPUNIT_ASSERT_EQUAL(std::string(c.known), got.qresync->known->toString());
      CPPUNIT_ASSERT_EQUAL(c.numbers != nullptr, got.qresync->match.has_value());
      if (!c.numbers) continue;
      CPPUNIT_ASSERT_EQUAL(std::string(c.numbers), got.qresync->match->numbers.toString());
      CPPUNIT_ASSERT_EQUAL(std::string(c.uids), got.qresync->match->uids.toString());
    }
  }

  void wrongSelectParameters() {
    for (const char* text : {"()", "(CONDSTORE", "(QRESYNC)", "(QRESYNC ())", "(QRESYNC (7))", "(QRESYNC (0 1))",
                             "(QRESYNC (7 x))", "(QRESYNC (7 9 1:*))", "(QRESYNC (7 9 $))", "(QRESYNC (7 9 1 (1:2 1)))",
                             "(QRESYNC (7 9 1 (1)))", "(QRESYNC (7 9 1 (1 1) 2))", "(QRESYNC (7 9) QRESYNC (7 9))",
                             "(QRESYNC (7 9223372036854775808))", "(CONDSTORE  QRESYNC (7 9))", "(OTHER)"}) {
      Parser p(text);
      ph::imap::parseSelectParameters(p);
      p.end();
      CPPUNIT_ASSERT_MESSAGE(text, !p.ok());
    }
  }

  void fetchModifiers() {
    struct Case {
      const char* text;
      bool ok;
      uint64_t since;
      bool vanished;
    };
    for (const Case& c : {Case{"", true, 0, false}, Case{" (CHANGEDSINCE 12)", true, 12, false},
                          Case{" (changedsince 9223372036854775807 VANISHED)", true, INT64_MAX, true},
                          Case{" (VANISHED CHANGEDSINCE 1)", true, 1, true}, Case{" (VANISHED)", false, 0, false},
                          Case{" ()", false, 0, false}, Case{" (CHANGEDSINCE)", false, 0, false},
                          Case{" (CHANGEDSINCE 1 CHANGEDSINCE 2)", false, 0, false},
                          Case{" (CHANGEDSINCE 1", false, 0, false}, Case{" x", false, 0, false}}) {
      Parser p(c.text);
      const auto got = ph::imap::parseFetchModifiers(p);
      p.end();
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.text, c.ok, p.ok());
      if (!c.ok) continue;
      CPPUNIT_ASSERT_EQUAL(c.since, got.changedSince.value_or(0));
      CPPUNIT_ASSERT_EQUAL(c.vanished, got.vanished);
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ResyncTest);

}  // namespace
