// Every script, with whole lines and octet by octet, with quick and with slow stages: the dialogue is always the same.
#include <cppunit/extensions/HelperMacros.h>

#include "script.hpp"

namespace {

class DialogueTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DialogueTest);
  CPPUNIT_TEST(whole);
  CPPUNIT_TEST(wholeSlow);
  CPPUNIT_TEST(octets);
  CPPUNIT_TEST(octetsSlow);
  CPPUNIT_TEST_SUITE_END();

 public:
  void whole() { all({false, false}); }
  void wholeSlow() { all({false, true}); }
  void octets() { all({true, false}); }
  void octetsSlow() { all({true, true}); }

 private:
  void all(Mode mode) {
    const auto cases = ph::testkit::readCases(PH_SOURCE_DIR "/plugin-tests/smtp/scripts");
    CPPUNIT_ASSERT(cases.size() > 50);
    std::string problems;
    for (const auto& c : cases) {
      if (mode.octets && c.has("whole")) continue;
      if (mode.slow && c.has("quick")) continue;
      const auto problem = runCase(c, mode, PH_BINARY_DIR "/plugins/smtp.so");
      if (!problem.empty()) problems += "\n" + problem;
    }
    CPPUNIT_ASSERT_EQUAL(std::string(), problems);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DialogueTest);

}  // namespace
