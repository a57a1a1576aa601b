// Entries of the menu: what is refused, in which order they stand.
#include "commands/pages.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse::commands;

namespace {

class PagesTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PagesTest);
  CPPUNIT_TEST(refuses);
  CPPUNIT_TEST(keepsOrder);
  CPPUNIT_TEST_SUITE_END();

 public:
  void refuses() {
    Pages pages;
    int owner = 0;
    const Page kBad[] = {{"p", "", "", "/x", true},
                         {"p", "a\nb", "", "/x", true},
                         {"p", "a", "\x1b", "/x", true},
                         {"p", "a", "", "x", true},
                         {"p", "a", "", "//evil.example", true},
                         {"p", "a", "", "/\xff", true},
                         {"p", "a", "", "", false},
                         {"p", std::string(61, 'x'), "", "/x", true}};
    for (const auto& p : kBad) CPPUNIT_ASSERT_MESSAGE(p.title + p.path, !pages.add(&owner, p));
    CPPUNIT_ASSERT(pages.add(&owner, {"p", "a", "", "/x", false}).ok());
    CPPUNIT_ASSERT(pages.add(&owner, {"p", "a", "", "/y", false}).error().kind == ph::Kind::Conflict);
    CPPUNIT_ASSERT(pages.add(&owner, {"q", "a", "", "", true}).ok());
  }

  void keepsOrder() {
    Pages pages;
    int one = 0, two = 0;
    for (const char* title : {"c", "a"}) CPPUNIT_ASSERT(pages.add(&one, {"p", title, "", "/x", true}).ok());
    CPPUNIT_ASSERT(pages.add(&two, {"q", "b", "", "", true}).ok());
    std::string titles;
    for (const auto& p : pages.all()) titles += p.title;
    CPPUNIT_ASSERT_EQUAL(std::string("abc"), titles);
    CPPUNIT_ASSERT(pages.hasForm("q") && !pages.hasForm("p"));
    pages.remove(&one);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, pages.all().size());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PagesTest);

}  // namespace
