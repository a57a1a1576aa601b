// Every script, with whole lines and octet by octet: the dialogue is always the same.
#include <cppunit/extensions/HelperMacros.h>

#include "script.hpp"

namespace {

class ImapDialogueTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ImapDialogueTest);
  CPPUNIT_TEST(whole);
  CPPUNIT_TEST(octets);
  CPPUNIT_TEST_SUITE_END();

 public:
  void whole() { all(false); }
  void octets() { all(true); }

 private:
  void all(bool octets) {
    const auto cases = ph::testkit::readCases(PH_SOURCE_DIR "/plugin-tests/imap/scripts");
    CPPUNIT_ASSERT(cases.size() > 40);
    std::string problems;
    for (const auto& c : cases) {
      if (octets && c.has("whole")) continue;
      const auto problem = runCase(c, octets, PH_BINARY_DIR "/plugins/imap.so");
      if (!problem.empty()) problems += "\n" + problem;
    }
    CPPUNIT_ASSERT_EQUAL(std::string(), problems);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ImapDialogueTest);

}  // namespace
