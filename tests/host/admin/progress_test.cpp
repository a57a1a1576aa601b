#include <cppunit/extensions/HelperMacros.h>

#include <thread>

#include "admin/progress_lines.hpp"
#include "app/cli/progress_bar.hpp"

namespace posthouse::admin {
namespace {

std::shared_ptr<http::Exchange> exchange(const char* accept) {
  http::Request request;
  request.head.method = "GET";
  request.head.minor = 0;
  request.head.fields.add("accept", accept);
  return std::make_shared<http::Exchange>(
      std::move(request), [] {}, [](int) { return true; });
}

std::string sent(http::Exchange& x) {
  std::string out;
  x.take(1 << 20, &out);
  return out;
}

class ProgressTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ProgressTest);
  CPPUNIT_TEST(texts);
  CPPUNIT_TEST(lines);
  CPPUNIT_TEST(notWanted);
  CPPUNIT_TEST(tooQuick);
  CPPUNIT_TEST(gone);
  CPPUNIT_TEST_SUITE_END();

  void texts() {
    const struct {
      Progress p;
      double seconds;
      size_t columns;
      const char* text;
    } kTable[] = {
        {{0, 10}, 0, 80, "[                    ]   0 %  0 of 10 messages"},
        {{2500, 10000}, 2, 100, "[#####               ]  25 %  2,500 of 10,000 messages, 1,250/s, 6 s left"},
        {{1, 3}, 60, 100, "[######              ]  33 %  1 of 3 messages, 2 min 0 s left"},
        {{1, 10000}, 1.0, 100, "[                    ]   0 %  1 of 10,000 messages, 1/s, 2 h 46 min left"},
        {{10, 10}, 1, 80, "[####################] 100 %  10 of 10 messages, 10/s"},
        {{12, 10}, 4, 80, "[####################] 100 %  12 of 10 messages, 3/s"},
        {{1234567, 0, "bytes"}, 1, 80, "1,234,567 bytes, 1,234,567/s"},
        {{2500, 10000}, 2, 30, "[#####               ]  25 % "},
    };
    for (const auto& t : kTable)
      CPPUNIT_ASSERT_EQUAL(std::string(t.text), app::cli::progressText(t.p, t.seconds, t.columns));
  }

  void lines() {
    const auto x = exchange("application/json, application/x-ndjson");
    ProgressLines lines(*x);
    const auto tell = lines.tell();
    CPPUNIT_ASSERT(tell({1, 9}));
    CPPUNIT_ASSERT(!lines.begun());
    std::this_thread::sleep_for(std::chrono::milliseconds(210));
    CPPUNIT_ASSERT(tell({2, 9}));
    CPPUNIT_ASSERT(tell({3, 9}));
    CPPUNIT_ASSERT(lines.begun());
    CPPUNIT_ASSERT(lines.end(ph::Error{ph::Kind::NotFound, "it is gone"}).ok());
    x->finish({});
    const std::string all = sent(*x);
    CPPUNIT_ASSERT_MESSAGE(all, all.find("Content-Type: application/x-ndjson\r\n") != all.npos ||
                                    all.find("content-type: application/x-ndjson\r\n") != all.npos);
    const std::string body = all.substr(all.find("\r\n\r\n") + 4);
    const size_t end = body.find('\n');
    CPPUNIT_ASSERT_EQUAL(std::string("{\"progress\":{\"done\":2,\"total\":9,\"unit\":\"messages\"}}"),
                         body.substr(0, end));
    CPPUNIT_ASSERT_MESSAGE(body, body.find("{\"error\":{") == end + 1 && body.find("it is gone") != body.npos);
  }

  void notWanted() {
    const auto x = exchange("application/json");
    CPPUNIT_ASSERT(!ProgressLines(*x).tell());
  }

  void tooQuick() {
    const auto x = exchange("application/x-ndjson");
    ProgressLines lines(*x);
    CPPUNIT_ASSERT(lines.tell()({1, 2}));
    CPPUNIT_ASSERT(!lines.begun());
    CPPUNIT_ASSERT(sent(*x).empty());
  }

  void gone() {
    const auto x = exchange("application/x-ndjson");
    ProgressLines lines(*x);
    x->cancel();
    std::this_thread::sleep_for(std::chrono::milliseconds(210));
    CPPUNIT_ASSERT(!lines.tell()({1, 2}));
    CPPUNIT_ASSERT(!lines.tell()({2, 2}));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProgressTest);

}  // namespace
}  // namespace posthouse::admin
