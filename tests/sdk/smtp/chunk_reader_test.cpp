#include "ph/smtp/chunk_reader.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace {

using ph::smtp::ChunkReader;

struct Outcome {
  std::string out;
  bool refused = false, plain = false;
  std::uint64_t bareLfs = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome read(bool binary, std::string_view in, std::size_t step) {
  Outcome o;
  ChunkReader r(binary, [&](std::string_view s) { o.out += s; });
  for (std::size_t i = 0; i < in.size(); i += step) r.feed(in.substr(i, step));
  r.finish();
  o.refused = r.refused();
  o.plain = r.plain();
  o.bareLfs = r.bareLfs();
  CPPUNIT_ASSERT_EQUAL(std::uint64_t{o.out.size()}, r.size());
  if (o.refused) o.out.clear();  // how much came before the refusal is nobody's business
  return o;
}

class ChunkReaderTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ChunkReaderTest);
  CPPUNIT_TEST(table);
  CPPUNIT_TEST(longLines);
  CPPUNIT_TEST_SUITE_END();

 public:
  void table() {
    const struct {
      std::string_view in, text;
      bool refused, plain;
    } cases[] = {
        {"", "", false, true},
        {"a\r\nb\r\n", "a\r\nb\r\n", false, true},
        {"a\r\n.\r\n.b", "a\r\n.\r\n.b", false, true},  // neither end nor stuffing
        {"a\nb\n\n", "a\r\nb\r\n\r\n", false, false},
        {"a\n.\r\nb", "a\r\n.\r\nb", false, false},
        {"\r\n\n\r\n", "\r\n\r\n\r\n", false, false},
        {"a\rb", "", true, false},
        {"a\r", "", true, false},
        {"\r\r\n", "", true, false},
        {"\r", "", true, false},
        {std::string_view("a\0b\r\n", 5), std::string_view("a\0b\r\n", 5), false, false},
    };
    for (const auto& c : cases) {
      for (std::size_t step = 1; step <= c.in.size() + 1; ++step) {
        const Outcome text = read(false, c.in, step);
        CPPUNIT_ASSERT_EQUAL(std::string(c.text), text.out);
        CPPUNIT_ASSERT_EQUAL(c.refused, text.refused);
        const Outcome binary = read(true, c.in, step);
        CPPUNIT_ASSERT_EQUAL(std::string(c.in), binary.out);
        CPPUNIT_ASSERT(!binary.refused);
        CPPUNIT_ASSERT_EQUAL(c.plain, binary.plain);
      }
    }
  }

  void longLines() {
    CPPUNIT_ASSERT(read(true, std::string(998, 'x') + "\r\n", 7).plain);
    CPPUNIT_ASSERT(!read(true, std::string(999, 'x') + "\r\n", 7).plain);
    CPPUNIT_ASSERT(!read(true, std::string(999, 'x'), 1000).plain);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ChunkReaderTest);

}  // namespace
