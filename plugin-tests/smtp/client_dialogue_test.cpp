// The client's scripts, with whole lines and octet by octet: the dialogue is always the same.
#include <cppunit/extensions/HelperMacros.h>

#include "client_script.hpp"

namespace {

class ClientDialogueTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ClientDialogueTest);
  CPPUNIT_TEST(whole);
  CPPUNIT_TEST(octets);
  CPPUNIT_TEST_SUITE_END();

 public:
  void whole() { all(false); }
  void octets() { all(true); }

 private:
  static void all(bool octets) {
    const auto cases = ph::testkit::readCases(PH_SOURCE_DIR "/plugin-tests/smtp/client-scripts");
    CPPUNIT_ASSERT(cases.size() > 50);
    std::string problems;
    for (const auto& c : cases) {
      if (octets && c.has("whole")) continue;
      const auto problem = runClientCase(c, octets, PH_BINARY_DIR "/plugins/smtp.so");
      if (!problem.empty()) problems += "\n" + problem;
    }
    CPPUNIT_ASSERT_EQUAL(std::string(), problems);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ClientDialogueTest);

}  // namespace
