// Transfer encodings: each input gives the same output at every chunk split.
#include "ph/mime/decode.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {
using namespace ph::mime;

class DecodeTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DecodeTest);
  CPPUNIT_TEST(table);
  CPPUNIT_TEST(roundTrip);
  CPPUNIT_TEST(lines);
  CPPUNIT_TEST_SUITE_END();

  void table() {
    constexpr auto kB = Encoding::Base64;
    constexpr auto kQ = Encoding::QuotedPrintable;
    const struct {
      Encoding encoding;
      std::string in, out;
      bool malformed;
    } kTable[] = {
        {kB, "", "", false},
        {kB, "Zg==", "f", false},
        {kB, "Zm8=", "fo", false},
        {kB, "Zm9v", "foo", false},
        {kB, "Zm9v\r\nYmFy\r\n", "foobar", false},
        {kB, "Zm 9\tvY\nmFy", "foobar", false},
        {kB, "Zm8", "fo", false},
        {kB, "Zm9vY", "foo", true},
        {kB, "Zm!9v*", "foo", true},
        {kB, "Zg==Zg==", "ff", true},
        {kB, "Zm8=\r\nZm9v", "fofoo", true},
        {kB, "Z===", "", true},
        {kB, "\xFF\x80", "", true},
        {kB,
         std::string("Zm\0"
                     "9v",
                     5),
         "foo", true},
        {kQ, "", "", false},
        {kQ, "a=20b=3D=C3=a4", "a b=\xC3\xA4", false},
        {kQ, "a=\r\nb", "ab", false},
        {kQ, "a=\nb", "ab", false},
        {kQ, "a= \t\r\nb", "ab", false},
        {kQ, "a \t\r\nb", "a\r\nb", false},
        {kQ, "a\nb \n", "a\nb\n", false},
        {kQ, "end ", "end ", false},
        {kQ, "a=", "a", false},
        {kQ, "a=ZZ b=4", "a=ZZ b=4", true},
        {kQ, "==41", "=A", true},
        {kQ, "a\rb\r\n", "a\rb\r\n", false},
        {Encoding::EightBit, "=41 Zg==", "=41 Zg==", false},
        {Encoding::Unknown, "=41", "=41", false},
    };
    for (const auto& t : kTable) {
      for (size_t a = 0; a <= t.in.size(); ++a) {
        for (size_t b = a; b <= t.in.size(); ++b) {
          Decoder decoder(t.encoding);
          std::string out;
          decoder.feed(t.in.substr(0, a), out);
          decoder.feed(t.in.substr(a, b - a), out);
          decoder.feed(t.in.substr(b), out);
          decoder.finish(out);
          CPPUNIT_ASSERT_EQUAL_MESSAGE(t.in, t.out, out);
          CPPUNIT_ASSERT_EQUAL_MESSAGE(t.in, t.malformed, decoder.malformed());
        }
      }
    }
  }

  void roundTrip() {
    std::string bytes;
    for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(i * 7 + i / 256);
    for (size_t n = 0; n <= 200; ++n) {
      const std::string part = bytes.substr(0, n);
      CPPUNIT_ASSERT(decode(encodeBase64(part, true), Encoding::Base64) == part);
      CPPUNIT_ASSERT(decode(encodeBase64(part, false), Encoding::Base64) == part);
    }
    for (const std::string text : {"", "plain\r\n", "trailing \r\n\ttab\t\r\n", ".\r\nFrom me\r\n", "grüße = x", " "}) {
      CPPUNIT_ASSERT_EQUAL(text, decode(encodeQuotedPrintable(text), Encoding::QuotedPrintable));
    }
    CPPUNIT_ASSERT_EQUAL(std::string("=2E\r\n=46rom a=20\r\n"), encodeQuotedPrintable(".\nFrom a \n"));
  }

  void lines() {
    for (const std::string& text :
         {encodeBase64(std::string(1000, 'x'), true), encodeQuotedPrintable(std::string(1000, 'x')),
          encodeQuotedPrintable(std::string(1000, '\xE4'))}) {
      size_t pos = 0;
      for (size_t end; (end = text.find("\r\n", pos)) != text.npos; pos = end + 2) CPPUNIT_ASSERT(end - pos <= 76);
      CPPUNIT_ASSERT(text.size() - pos <= 76);
    }
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DecodeTest);
}  // namespace
