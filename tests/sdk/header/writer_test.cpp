// The header writer: folding, encoding, and what it refuses.
#include "ph/header/writer.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/charset/words.hpp"
#include "ph/header/block.hpp"

namespace {
using namespace ph::header;

class WriterTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WriterTest);
  CPPUNIT_TEST(written);
  CPPUNIT_TEST(refused);
  CPPUNIT_TEST(folded);
  CPPUNIT_TEST_SUITE_END();

  void written() {
    HeaderWriter w;
    CPPUNIT_ASSERT(w.add("Date", "  Thu, 01 Jan 1970 00:00:00 +0000 ").ok());
    CPPUNIT_ASSERT(w.addText("Subject", "grüße").ok());
    CPPUNIT_ASSERT(w.addAddresses("To", {{"Zoë", "z", "x.example"}, {"", "a", "y"}}).ok());
    CPPUNIT_ASSERT(w.add("X-Empty", "").ok());
    CPPUNIT_ASSERT_EQUAL(std::string("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nSubject: =?utf-8?B?Z3LDvMOfZQ==?=\r\n"
                                     "To: =?utf-8?Q?Zo=C3=AB?= <z@x.example>, a@y\r\nX-Empty:\r\n"),
                         w.text());
    HeaderWriter utf8(true);
    CPPUNIT_ASSERT(utf8.addText("Subject", "grüße").ok());
    CPPUNIT_ASSERT_EQUAL(std::string("Subject: grüße\r\n"), utf8.text());
  }

  void refused() {
    for (const bool utf8 : {false, true}) {
      HeaderWriter w(utf8);
      for (const std::string& value : {std::string("a\rb"), std::string("a\nb"), std::string("a\r\nBcc: x"),
                                       std::string("a\0b", 3), std::string("\n")}) {
        CPPUNIT_ASSERT(!w.add("X", value).ok());
        CPPUNIT_ASSERT(!w.addText("X", value).ok());
        CPPUNIT_ASSERT(!w.addAddresses("To", {{value, "a", "x"}}).ok());
        CPPUNIT_ASSERT(!w.addAddresses("To", {{"", value, "x"}}).ok());
        CPPUNIT_ASSERT(!w.addAddresses("To", {{"", "a", value}}).ok());
      }
      for (const std::string& name : {std::string(), std::string("A B"), std::string("A:"), std::string("A\r\n"),
                                      std::string("Ä"), std::string(101, 'a'), std::string("A\0", 2)}) {
        CPPUNIT_ASSERT(!w.add(name, "x").ok());
      }
      CPPUNIT_ASSERT(!w.add("X", "\xFF").ok());
      CPPUNIT_ASSERT_EQUAL(utf8, w.add("X", "ä").ok());
      CPPUNIT_ASSERT_EQUAL(std::string(utf8 ? "X: ä\r\n" : ""), w.text());
    }
  }

  void folded() {
    std::string plain, eightBit;
    for (int i = 0; i < 300; ++i) {
      plain += "word ";
      eightBit += "wörd ";
    }
    plain.pop_back();
    eightBit.pop_back();
    HeaderWriter w;
    CPPUNIT_ASSERT(w.addText("Subject", plain).ok() && w.addText("Comments", eightBit).ok());
    for (size_t pos = 0; pos < w.text().size();) {
      const size_t end = w.text().find("\r\n", pos);
      CPPUNIT_ASSERT(end - pos <= 76);  // RFC 2047 2
      CPPUNIT_ASSERT(w.text().find_first_not_of(" \t", pos) < end);
      pos = end + 2;
    }
    const Block block(w.text());
    CPPUNIT_ASSERT_EQUAL(plain, block.value("Subject"));
    CPPUNIT_ASSERT_EQUAL(eightBit, ph::charset::decodeWords(block.value("Comments")));
    // A word that cannot be cut stays whole.
    HeaderWriter whole;
    CPPUNIT_ASSERT(whole.add("X", std::string(2000, 'x')).ok());
    CPPUNIT_ASSERT_EQUAL(size_t{2005}, whole.text().size());
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(WriterTest);
}  // namespace
