// The chunked coding: what it carries, and what is refused.
#include "http/parser/chunked.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace posthouse::http;
using State = ChunkedReader::State;
using namespace std::string_literals;

namespace {

class ChunkedTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ChunkedTest);
  CPPUNIT_TEST(bodies);
  CPPUNIT_TEST(refused);
  CPPUNIT_TEST(limits);
  CPPUNIT_TEST(littleRoom);
  CPPUNIT_TEST_SUITE_END();

  static State read(const std::string& bytes, std::string* body, size_t* used) {
    ChunkedReader r;
    return r.read(bytes, 1 << 20, body, used);
  }

 public:
  void bodies() {
    const std::pair<std::string, const char*> kTable[] = {
        {"0\r\n\r\n", ""},
        {"5\r\nhello\r\n0\r\n\r\n", "hello"},
        {"1\r\na\r\nA\r\n0123456789\r\n000\r\n\r\n", "a0123456789"},
        {"5;a=b;c=\"d\"\r\nhello\r\n0 ; x\r\n\r\n", "hello"},
        {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
        {"1\r\na\r\n0\r\nX: y\r\nContent-Length: 7\r\n\r\n", "a"},
    };
    for (const auto& [bytes, wanted] : kTable) {
      std::string body;
      size_t used = 0;
      CPPUNIT_ASSERT_MESSAGE(bytes, read(bytes + "GET /", &body, &used) == State::Done);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bytes, std::string(wanted), body);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bytes, bytes.size(), used);
    }
  }

  void refused() {
    for (const std::string& bytes : {"\r\n"s,
                                     "5\nhello\r\n"s,
                                     "x\r\n"s,
                                     "-1\r\n"s,
                                     "+5\r\n"s,
                                     "0x5\r\n"s,
                                     " 5\r\n"s,
                                     "5 \r\n"s,
                                     "5 5\r\n"s,
                                     ";a\r\n"s,
                                     "5\r\nhelloX\r\n"s,
                                     "5\r\nhello\n0\r\n\r\n"s,
                                     "5\r\nhello\r\r\n"s,
                                     "1000000000000\r\n"s,
                                     "5;\x01\r\n"s,
                                     "5\r;\r\n"s,
                                     "0\r\nX\r\n\r\n"s,
                                     "0\r\nX : y\r\n\r\n"s,
                                     "0\r\n\n"s,
                                     "0\r\n X: y\r\n\r\n"s}) {
      std::string body;
      size_t used = 0;
      CPPUNIT_ASSERT_MESSAGE(bytes, read(bytes, &body, &used) == State::Refused);
    }
  }

  void limits() {
    std::string body;
    size_t used = 0;
    CPPUNIT_ASSERT(read("5;" + std::string(ChunkedReader::kMaxSizeLine, 'x'), &body, &used) == State::Refused);
    CPPUNIT_ASSERT(read("0\r\nX: " + std::string(ChunkedReader::kMaxTrailer, 'x'), &body, &used) == State::Refused);
    std::string many = "0\r\n";
    while (many.size() <= ChunkedReader::kMaxTrailer) many += "X: yyyyyyyyyyyyyyyyyyyyyyyyyy\r\n";
    CPPUNIT_ASSERT(read(many, &body, &used) == State::Refused);
  }

  void littleRoom() {
    ChunkedReader r;
    const std::string bytes = "5\r\nhello\r\n0\r\n\r\n";
    std::string body;
    size_t used = 0;
    CPPUNIT_ASSERT(r.read(bytes, 3, &body, &used) == State::More);
    CPPUNIT_ASSERT_EQUAL(std::string("hel"), body);
    CPPUNIT_ASSERT_EQUAL(size_t{6}, used);
    CPPUNIT_ASSERT(r.read(bytes.substr(6), 3, &body, &used) == State::More);
    CPPUNIT_ASSERT_EQUAL(size_t{0}, used);
    CPPUNIT_ASSERT(r.read(bytes.substr(6), 9, &body, &used) == State::Done);
    CPPUNIT_ASSERT_EQUAL(std::string("hello"), body);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ChunkedTest);

}  // namespace
