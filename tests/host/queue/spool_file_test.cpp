#include "queue/spool_file.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/draft/host/pipeline.h"

using namespace posthouse::queue;

namespace {

class SpoolFileTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SpoolFileTest);
  CPPUNIT_TEST(roundTrip);
  CPPUNIT_TEST(damageIsRefused);
  CPPUNIT_TEST_SUITE_END();

 public:
  void roundTrip() {
    Envelope e;
    e.id = "abc";
    e.account = "ann";
    e.reversePath = "\"a\\\"b\"@bücher.example";
    e.flags = PH_MAIL_SMTPUTF8 | PH_MAIL_REQUIRETLS;
    e.holdUntil = 2000000000;
    e.connection = 1795250582732398;
    e.queuedAt = 1234567890;
    e.rcpts = {{"x@example.org", "bob", 0}, {"y@elsewhere.example", "", 7}};
    const std::string line = encodeEnvelope(e);
    CPPUNIT_ASSERT_EQUAL(line.size() - 1, line.find('\n'));
    const auto back = decodeEnvelope(line);
    CPPUNIT_ASSERT(back.ok());
    CPPUNIT_ASSERT_EQUAL(e.reversePath, back->reversePath);
    CPPUNIT_ASSERT_EQUAL(e.queuedAt, back->queuedAt);
    CPPUNIT_ASSERT_EQUAL(e.flags, back->flags);
    CPPUNIT_ASSERT_EQUAL(e.holdUntil, back->holdUntil);
    CPPUNIT_ASSERT_EQUAL(e.connection, back->connection);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, back->rcpts.size());
    CPPUNIT_ASSERT_EQUAL(uint32_t{7}, back->rcpts[1].number);
    CPPUNIT_ASSERT_EQUAL(line, encodeEnvelope(*back));
  }

  void damageIsRefused() {
    for (const char* text : {"", "{", "[]", "{\"version\":2}", "{\"version\":1,\"id\":\"x\"}", "\xff\xfe"}) {
      CPPUNIT_ASSERT_MESSAGE(text, !decodeEnvelope(text).ok());
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SpoolFileTest);

}  // namespace
