// Heads of requests: what is one, what it says, and what is refused with which status.
#include "http/parser/head.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse::http;
using State = HeadResult::State;
using namespace std::string_literals;

namespace {

class HeadTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(HeadTest);
  CPPUNIT_TEST(accepted);
  CPPUNIT_TEST(refused);
  CPPUNIT_TEST(limits);
  CPPUNIT_TEST(everyPrefixWantsMore);
  CPPUNIT_TEST(early);
  CPPUNIT_TEST(keepAlive);
  CPPUNIT_TEST_SUITE_END();

  static HeadResult parse(const std::string& bytes, RequestHead* out) {
    size_t scanned = 0;
    return parseHead(bytes, &scanned, out);
  }

 public:
  void accepted() {
    struct {
      const char *bytes, *method, *host, *path, *query;
      bool chunked;
      uint64_t length;
    } const kTable[] = {
        {"GET / HTTP/1.1\r\nHost: A.Example:80\r\n\r\n", "GET", "a.example", "/", "", false, 0},
        {"\r\nGET / HTTP/1.1\r\nHost: a.\r\n\r\n", "GET", "a", "/", "", false, 0},
        {"GET / HTTP/1.0\r\n\r\n", "GET", "", "/", "", false, 0},
        {"get /x?y?z HTTP/1.1\r\nhOST:a\r\n\r\n", "get", "a", "/x", "y?z", false, 0},
        {"GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "b", "/x", "", false, 0},
        {"GET HTTPS://b:8080 HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "b", "/", "", false, 0},
        {"GET http://b?q HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "b", "/", "q", false, 0},
        {"OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "OPTIONS", "[::1]", "", "", false, 0},
        {"CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n", "CONNECT", "b", "", "", false, 0},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\n", "POST", "a", "/", "", false, 5},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", "POST", "a", "/", "", true, 0},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: \xff\ta \r\nX:\r\n\r\n", "GET", "a", "/", "", false, 0},
        {"GET / HTTP/1.7\r\nHost: a\r\n\r\n", "GET", "a", "/", "", false, 0},
    };
    for (const auto& t : kTable) {
      RequestHead h;
      const HeadResult r = parse(t.bytes + "rest"s, &h);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes + std::string(r.why), true, r.state == State::Done);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes, std::string(t.bytes).size(), r.size);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes, std::string(t.method), h.method);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes, std::string(t.host), h.host.host);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes, std::string(t.path), h.target.path);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes, std::string(t.query), h.target.query);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes, t.chunked, h.chunked);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes, t.length, h.length);
    }
  }

  // Each of these has been read by one program in one way and by its neighbour in another.
  void refused() {
    const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n", post = "POST / HTTP/1.1\r\nHost: a\r\n";
    struct {
      std::string bytes;
      int status;
    } const kTable[] = {
        // lines
        {"GET / HTTP/1.1\nHost: a\n\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
        {get + "X: a\rb\r\n\r\n", 400},
        {get + "X: a\r\r\n\r\n", 400},
        {get + "X: a\0b\r\n\r\n"s, 400},
        {get + "X: a\x7f\r\n\r\n", 400},
        {get + "X: a\r\n folded\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        // names
        {get + "Content-Length : 0\r\n\r\n", 400},
        {get + "Content Length: 0\r\n\r\n", 400},
        {get + ": x\r\n\r\n", 400},
        {get + "no colon\r\n\r\n", 400},
        {get + "\x0bX: y\r\n\r\n", 400},
        {get + "X\xc3\xa4: y\r\n\r\n", 400},
        // request line
        {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
        {"GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /\r\n\r\n", 400},
        {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / http/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        // host
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {get + "Host: b\r\n\r\n", 400},
        {get + "host: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
        // lengths and codings
        {post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400},
        {post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 400},
        {post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", 400},
        {post + "Content-Length: 3, 3\r\n\r\n", 400},
        {post + "Content-Length: +3\r\n\r\n", 400},
        {post + "Content-Length: -3\r\n\r\n", 400},
        {post + "Content-Length: 0x3\r\n\r\n", 400},
        {post + "Content-Length: 3 \x0b\r\n\r\n", 400},
        {post + "Content-Length:\r\n\r\n", 400},
        {post + "Content-Length: 99999999999999999999\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked, identity\r\n\r\n", 400},
        {post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 400},
        {post + "Transfer-Encoding: \"chunked\"\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked;x\r\n\r\n", 400},
        {post + "Transfer-Encoding: xchunked\r\n\r\n", 501},
        {post + "Transfer-Encoding: identity\r\n\r\n", 501},
        {post + "Transfer-Encoding:\r\n\r\n", 400},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {post + "Expect: 200-ok\r\n\r\n", 417},
    };
    for (const auto& t : kTable) {
      RequestHead h;
      const HeadResult r = parse(t.bytes, &h);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes, true, r.state == State::Refused);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.bytes, t.status, r.status);
      CPPUNIT_ASSERT(!r.why.empty());
    }
  }

  void limits() {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
    const auto status = [](const std::string& bytes) {
      RequestHead h;
      const auto r = parse(bytes, &h);
      return r.state == State::Done ? 200 : r.state == State::More ? 100 : r.status;
    };
    const std::string path(kMaxRequestLine - 14, 'x');  // with "GET /" and " HTTP/1.1"
    CPPUNIT_ASSERT_EQUAL(200, status("GET /" + path + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(414, status("GET /" + path + "x HTTP/1.1\r\nHost: a\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(414, status("GET /" + path + std::string(100, 'x')));
    CPPUNIT_ASSERT_EQUAL(200, status(start + "X: " + std::string(kMaxFieldLine - 3, 'x') + "\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(431, status(start + "X: " + std::string(kMaxFieldLine - 2, 'x') + "\r\n\r\n"));
    std::string many = start;
    for (size_t i = 1; i < kMaxFields; ++i) many += "X: y\r\n";
    CPPUNIT_ASSERT_EQUAL(200, status(many + "\r\n"));
    CPPUNIT_ASSERT_EQUAL(431, status(many + "X: y\r\n\r\n"));
    std::string big = start;
    while (big.size() < kMaxHead) big += "X: " + std::string(4000, 'x') + "\r\n";
    CPPUNIT_ASSERT_EQUAL(431, status(big));
    CPPUNIT_ASSERT_EQUAL(431, status(big + "\r\n"));
    CPPUNIT_ASSERT_EQUAL(100, status(big.substr(0, kMaxHead - 1)));
  }

  void everyPrefixWantsMore() {
    const std::string bytes = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
    size_t scanned = 0;
    RequestHead h;
    for (size_t n = 0; n < bytes.size(); ++n) {
      CPPUNIT_ASSERT(parseHead(std::string_view(bytes).substr(0, n), &scanned, &h).state == State::More);
    }
    CPPUNIT_ASSERT(parseHead(bytes, &scanned, &h).state == State::Done);
  }

  // What can't become a head is not waited for.
  void early() {
    RequestHead h;
    CPPUNIT_ASSERT(parse("GET / HTTP/1.1\n", &h).state == State::Refused);
    CPPUNIT_ASSERT(parse("\n", &h).state == State::Refused);
    CPPUNIT_ASSERT(parse("\x16\x03\x01\x02", &h).state == State::More);
  }

  void keepAlive() {
    struct {
      const char *version, *connection;
      bool keeps;
    } const kTable[] = {{"1.1", "", true},           {"1.1", "close", false},
                        {"1.1", "Keep-Alive", true}, {"1.1", "x, CLOSE", false},
                        {"1.1", "closed", true},     {"1.0", "", false},
                        {"1.0", "keep-alive", true}, {"1.0", "keep-alive, close", false}};
    for (const auto& t : kTable) {
      RequestHead h;
      CPPUNIT_ASSERT(
          parse("GET / HTTP/"s + t.version + "\r\nHost: a\r\nConnection: " + t.connection + "\r\n\r\n", &h).state ==
          State::Done);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(t.connection, t.keeps, h.keepAlive);
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(HeadTest);

}  // namespace
