// Rights as letters, with those of RFC 2086; names of the mailboxes of others.
#include <cppunit/extensions/HelperMacros.h>

#include "ph/imap/mailbox_name.hpp"
#include "ph/imap/rights.hpp"

namespace ph::imap {

class RightsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RightsTest);
  CPPUNIT_TEST(readsAndWrites);
  CPPUNIT_TEST(refuses);
  CPPUNIT_TEST(knowsOtherUsers);
  CPPUNIT_TEST_SUITE_END();

 public:
  void readsAndWrites() {
    const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                         {"lr", "lr"},
                                                         {"rl", "lr"},
                                                         {"lrl", "lr"},
                                                         {"c", "kxc"},
                                                         {"d", "ted"},
                                                         {"k", "kc"},
                                                         {"t", "td"},
                                                         {"lrswida", "lrswitead"},
                                                         {"lrswikda", "lrswikteacd"},
                                                         {"aetxkpiwsrl", "lrswipkxteacd"}};
    for (const auto& [in, out] : cases) {
      const auto rights = parseRights(in);
      CPPUNIT_ASSERT_MESSAGE(in, rights.has_value());
      CPPUNIT_ASSERT_EQUAL(std::string(out), rightsText(*rights));
    }
    CPPUNIT_ASSERT_EQUAL(right::kAll, *parseRights(kRightLetters));
    CPPUNIT_ASSERT_EQUAL(right::kLookup | right::kAdminister, *parseRights("la"));
  }

  void refuses() {
    for (const char* bad : {"q", "L", "lrQ", "1", "l r", "+l", "\xc3\xa4"})
      CPPUNIT_ASSERT_MESSAGE(bad, !parseRights(bad));
  }

  void knowsOtherUsers() {
    for (const char* name : {"Other Users", "Other Users/", "Other Users/ann/x"}) CPPUNIT_ASSERT(isOtherUsers(name));
    for (const char* name : {"", "Other", "Other Users2", "other users", "x/Other Users"})
      CPPUNIT_ASSERT(!isOtherUsers(name));
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RightsTest);

}  // namespace ph::imap
