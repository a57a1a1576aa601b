#include "queue/spool_file.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/draft/host/pipeline.h"
#include "ph/draft/host/transport.h"

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
    e.ret = PH_RET_HDRS;
    e.envid = "QQ 1\t2";
    e.deliverBy = 2000000100;
    e.byMode = 'R';
    e.priority = -4;
    e.notification = true;
    e.rcpts = {{"x@example.org", "bob", 0, 0, ""},
               {"y@elsewhere.example", "", 7, PH_NOTIFY_GIVEN | PH_NOTIFY_DELAY, "rfc822;z@elsewhere.example"}};
    const std::string line = encodeEnvelope(e);
    CPPUNIT_ASSERT_EQUAL(line.size() - 1, line.find('\n'));
    const auto back = decodeEnvelope(line);
    CPPUNIT_ASSERT(back.ok());
    CPPUNIT_ASSERT_EQUAL(e.reversePath, back->reversePath);
    CPPUNIT_ASSERT_EQUAL(e.queuedAt, back->queuedAt);
    CPPUNIT_ASSERT_EQUAL(e.flags, back->flags);
    CPPUNIT_ASSERT_EQUAL(e.holdUntil, back->holdUntil);
    CPPUNIT_ASSERT_EQUAL(e.connection, back->connection);
    CPPUNIT_ASSERT(back->ret == e.ret && back->envid == e.envid && back->deliverBy == e.deliverBy);
    CPPUNIT_ASSERT(back->byMode == 'R' && back->priority == -4 && back->notification);
    CPPUNIT_ASSERT(back->rcpts == e.rcpts);
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
