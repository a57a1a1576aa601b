// DATA decoding: ends, stuffing, smuggling forms, counters, and independence of the chunks.
#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

#include "ph/smtp/data_reader.hpp"

namespace {

using ph::smtp::DataReader;
using Refusal = DataReader::Refusal;

struct Outcome {
  std::string out;
  std::size_t consumed = 0;
  bool done = false;
  Refusal refusal = Refusal::None;
  bool operator==(const Outcome&) const = default;
};

Outcome read(const std::vector<std::string_view>& chunks) {
  Outcome o;
  DataReader reader([&](std::string_view s) { o.out += s; });
  for (const auto chunk : chunks) {
    if (!reader.done()) o.consumed += reader.feed(chunk);
  }
  o.done = reader.done();
  o.refusal = reader.refusal();
  return o;
}

struct Case {
  std::string_view in, out;
  Refusal refusal;
  std::size_t rest;  // octets after the end
  bool done = true;
};

const std::vector<Case> kCases = {
    {".\r\n", "", Refusal::None, 0},
    {"a\r\n.\r\nQUIT\r\n", "a\r\n", Refusal::None, 6},
    {"..\r\n.\r\n", ".\r\n", Refusal::None, 0},
    {"..a\r\n.b\r\n.\r\n", ".a\r\nb\r\n", Refusal::None, 0},
    {"\r\n.\r\n", "\r\n", Refusal::None, 0},
    {"a", "a", Refusal::None, 0, false},
    {"a\r\n.", "a\r\n", Refusal::None, 0, false},
    {"a\nb\r\n.\r\n", "a\r\nb\r\n", Refusal::None, 0},
    {"a\n\nb\r\n.\r\n", "a\r\n\r\nb\r\n", Refusal::None, 0},
    {"a\n..b\r\n.\r\n", "a\r\n..b\r\n", Refusal::None, 0},
    // Smuggling: none of these lone dots may end the message, each refuses it.
    {"a\n.\nx\r\n.\r\nZ", "a\r\n", Refusal::DotBeforeBareLf, 1},
    {"a\r\n.\nx\r\n.\r\nZ", "a\r\n", Refusal::DotBeforeBareLf, 1},
    {"a\n.\r\nx\r\n.\r\nZ", "a\r\n", Refusal::DotAfterBareLf, 1},
    {"a\r.\rx\r\n.\r\nZ", "a", Refusal::BareCr, 1},
    {"a\r\n.\rx\r\n.\r\nZ", "a\r\n", Refusal::BareCr, 1},
    {"a\r.\r\nx\r\n.\r\nZ", "a", Refusal::BareCr, 1},
    {"a\n.\r\r\nx\r\n.\r\nZ", "a\r\n", Refusal::BareCr, 1},
    {"a\r\r\n.\r\nZ", "a", Refusal::BareCr, 1},
    {"a\r\n.\r\r\n.\r\nZ", "a\r\n", Refusal::BareCr, 1},
    {".\nx\r\n.\r\n", "", Refusal::DotBeforeBareLf, 0},
};

class DataReaderTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DataReaderTest);
  CPPUNIT_TEST(table);
  CPPUNIT_TEST(anySplitIsTheSame);
  CPPUNIT_TEST(counters);
  CPPUNIT_TEST(cleanInputIsOneSpan);
  CPPUNIT_TEST_SUITE_END();

 public:
  void table() {
    for (const auto& c : kCases) {
      const auto o = read({c.in});
      const std::string name(c.in);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::string(c.out), o.out);
      CPPUNIT_ASSERT_MESSAGE(name, c.refusal == o.refusal);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name, c.done, o.done);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(name, c.in.size() - c.rest, o.consumed);
    }
  }

  void anySplitIsTheSame() {
    for (const auto& c : kCases) {
      const auto whole = read({c.in});
      std::vector<std::string_view> single;
      for (std::size_t i = 0; i < c.in.size(); ++i) {
        CPPUNIT_ASSERT_MESSAGE(std::string(c.in), whole == read({c.in.substr(0, i), c.in.substr(i)}));
        single.push_back(c.in.substr(i, 1));
      }
      CPPUNIT_ASSERT_MESSAGE(std::string(c.in), whole == read(single));
    }
  }

  void counters() {
    DataReader reader([](std::string_view) {});
    reader.feed("Received: a\r\nrecei");
    reader.feed("ved : b\r\nReceivedX: no\r\n Received: no\r\n\r\nReceived: body\nlonger than the others\r\n.\r\n");
    CPPUNIT_ASSERT(reader.done());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{7}, reader.lines());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, reader.bareLfs());
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{22}, reader.longestLine());
  }

  void cleanInputIsOneSpan() {
    int spans = 0;
    DataReader reader([&](std::string_view) { ++spans; });
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "a line of clean text\r\n";
    CPPUNIT_ASSERT_EQUAL(text.size(), reader.feed(text));
    CPPUNIT_ASSERT_EQUAL(1, spans);
    CPPUNIT_ASSERT_EQUAL(std::uint64_t{text.size()}, reader.size());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DataReaderTest);

}  // namespace
