#include "ph/header/base_subject.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <chrono>

namespace {
using namespace ph::header;

class BaseSubjectTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BaseSubjectTest);
  CPPUNIT_TEST(table);
  CPPUNIT_TEST(staysLinear);
  CPPUNIT_TEST_SUITE_END();

  void table() {
    const struct {
      const char *subject, *base;
      bool reply;
    } kTable[] = {
        {"", "", false},
        {"Hello", "Hello", false},
        {" Hello \t big\r\n world ", "Hello big world", false},
        {"Re: Hello", "Hello", true},
        {"RE : Hello", "Hello", true},
        {"re:Hello", "Hello", true},
        {"Fw: Hello", "Hello", true},
        {"fwd: Hello", "Hello", true},
        {"Re: Re: FW: Hello", "Hello", true},
        {"Re[2]: Hello", "Hello", true},
        {"Re [list] : Hello", "Hello", true},
        {"Re", "Re", false},
        {"Regarding: Hello", "Regarding: Hello", false},
        {"Reply: Hello", "Reply: Hello", false},
        {"Fwded: Hello", "Fwded: Hello", false},
        {"[list] Hello", "Hello", false},
        {"[list][two] Hello", "Hello", false},
        {"[list] Re: Hello", "Hello", true},
        {"[a] [b] Re: [c] Hello", "Hello", true},
        {"[list]", "[list]", false},
        {"[a] [b]", "[b]", false},
        {"[a] Re: [b]", "[b]", true},
        {"[open Hello", "[open Hello", false},
        {"[a[b] Hello", "[a[b] Hello", false},
        {"Hello (fwd)", "Hello", true},
        {"Hello (FWD) (fwd) ", "Hello", true},
        {"Hello(fwd)", "Hello", true},
        {"[fwd: Hello]", "Hello", true},
        {"[fwd: [a] Hello]", "Hello", true},
        {"[Fwd: Re: Hello (fwd)]", "Hello", true},
        {"Re: [fwd: [x]] (fwd)", "[x]", true},
        {"Re:", "", true},
        {"=?utf-8?Q?Re:_Gr=C3=BC=C3=9Fe?=", "Grüße", true},
        {"Re: =?utf-8?Q?=5Bl=5D?= Hello", "Hello", true},
        {"Antw: Hello", "Antw: Hello", false},
    };
    for (const auto& c : kTable) {
      const auto found = baseSubject(c.subject);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.subject, std::string(c.base), found.text);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.subject, c.reply, found.isReplyOrForward);
    }
  }

  void staysLinear() {
    const auto begin = std::chrono::steady_clock::now();
    for (const char* piece : {"[", "[a]", "[fwd:", "re:", "re [", "(fwd)", "] ", "[a] re"}) {
      std::string subject;
      while (subject.size() < 200'000) subject += piece;
      (void)baseSubject(subject);
      (void)baseSubject(subject + std::string(100'000, ']'));
    }
    CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BaseSubjectTest);

}  // namespace
