#include "app/metrics_endpoint.hpp"

#include <cppunit/extensions/HelperMacros.h>

using posthouse::app::answerMetrics;

namespace {

class MetricsEndpointTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MetricsEndpointTest);
  CPPUNIT_TEST(answers);
  CPPUNIT_TEST_SUITE_END();

 public:
  void answers() {
    struct {
      const char *head, *status;
    } const kTable[] = {
        {"GET /metrics HTTP/1.1\r\nHost: x", "200"},
        {"GET /metrics HTTP/1.0", "200"},
        {"HEAD /metrics HTTP/1.1\r\nHost: x", "200"},
        {"GET http://x/metrics HTTP/1.1\r\nHost: x", "200"},
        {"GET / HTTP/1.1\r\nHost: x", "404"},
        {"GET /metrics/ HTTP/1.1\r\nHost: x", "404"},
        {"POST /metrics HTTP/1.1\r\nHost: x", "405"},
        {"get /metrics HTTP/1.1\r\nHost: x", "405"},
        {"GET /metrics HTTP/2.0", "505"},
        {"GET /metrics HTTP/1.1", "400"},
        {"GET  /metrics HTTP/1.1\r\nHost: x", "400"},
        {"GET /metrics HTTP/1.1 \r\nHost: x", "400"},
        {"GET /metrics", "400"},
        {"GET", "400"},
        {" GET /metrics HTTP/1.1\r\nHost: x", "400"},
    };
    for (const auto& t : kTable) {
      CPPUNIT_ASSERT_MESSAGE(t.head, !answerMetrics(t.head));
      const std::string answer = answerMetrics(t.head + std::string("\r\n\r\n")).value();
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.head, std::string("HTTP/1.1 ") + t.status, answer.substr(0, 12));
      CPPUNIT_ASSERT(answer.find("\r\nconnection: close\r\n") != std::string::npos);
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(MetricsEndpointTest);

}  // namespace
