#include "ph/header/message_id.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {

class MessageIdTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MessageIdTest);
  CPPUNIT_TEST(unquoted);
  CPPUNIT_TEST_SUITE_END();

 public:
  void unquoted() {
    const std::pair<const char*, const char*> table[] = {
        {"01KF8JCEOCBS0045PS@xxx.yyy.com", "01KF8JCEOCBS0045PS@xxx.yyy.com"},
        {"\"01KF8JCEOCBS0045PS\"@xxx.yyy.com", "01KF8JCEOCBS0045PS@xxx.yyy.com"},  // RFC 5256 3
        {"\"a\\\"b\"@x", "a\"b@x"},
        {"\"a", "\"a"},
        {"\"", "\""},
        {"", ""},
    };
    for (const auto& [id, plain] : table) CPPUNIT_ASSERT_EQUAL(std::string(plain), ph::header::unquotedId(id));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MessageIdTest);

}  // namespace
