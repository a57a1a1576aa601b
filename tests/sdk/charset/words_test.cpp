// Encoded words, decoded as senders write them and encoded as RFC 2047 wants them.
#include "ph/charset/words.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>

namespace {
using namespace ph::charset;

class WordsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(WordsTest);
  CPPUNIT_TEST(decoded);
  CPPUNIT_TEST(encoded);
  CPPUNIT_TEST(lineLength);
  CPPUNIT_TEST(phrases);
  CPPUNIT_TEST_SUITE_END();

  void decoded() {
    const struct {
      std::string value, text;
    } kTable[] = {
        {"", ""},
        {"plain text", "plain text"},
        {"=?utf-8?Q?gr=C3=BC=C3=9Fe?=", "grüße"},
        {"=?UTF-8?b?Z3LDvMOfZQ==?=", "grüße"},
        {"=?utf-8?B?Z3LDvMOfZQ?=", "grüße"},  // padding left out
        {"=?iso-8859-1?q?a_b=5F?=", "a b_"},
        {"=?utf-8*de-CH?q?x?=", "x"},
        // RFC 2047 8.
        {"(=?ISO-8859-1?Q?a?=)", "(a)"},
        {"(=?ISO-8859-1?Q?a?= b)", "(a b)"},
        {"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
        {"(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"},
        {"(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)", "(ab)"},
        {"(=?ISO-8859-1?Q?a_b?=)", "(a b)"},
        {"(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"},
        // Characters cut across words.
        {"=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", "ä"},
        {"=?utf-8?B?ww==?= =?UTF-8?B?pA==?=", "ä"},
        {"=?utf-8?Q?=C3?= x =?utf-8?Q?=A4?=", "\uFFFD x \uFFFD"},
        // Broken ones.
        {"=?utf-8?Q?a b?=", "a b"},
        {"=?utf-8?Q?=ZZ=4?=", "=ZZ=4"},
        {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
        {"=?"
         "?Q?a?=",
         "=?"
         "?Q?a?="},
        {"=?utf-8?Q?a", "=?utf-8?Q?a"},
        {"=?utf-8?Q?a?b?=", "=?utf-8?Q?a?b?="},
        {"=?utf-8?Q??"
         "=x",
         "x"},
        {"a=?utf-8?Q?b?=c", "abc"},
        {"=?x-no-such?Q?=E4?=", "ä"},
        {"=?=?utf-8?Q?b?=", "=?b"},
        {"gr\xFC\xDF"
         "e",
         "grüße"},
        // Nothing that would break a line comes out.
        {"=?utf-8?Q?a=0D=0ABcc:_b=00?=", "a Bcc: b"},
        {"a\r\n b", "a b"},
        {std::string("a\0b", 3), "ab"},
    };
    for (const auto& t : kTable) CPPUNIT_ASSERT_EQUAL_MESSAGE(t.value, t.text, decodeWords(t.value));
  }

  void encoded() {
    const struct {
      std::string text, value;
    } kTable[] = {
        {"", ""},
        {"plain, text", "plain, text"},
        {"gruße you all", "=?utf-8?Q?gru=C3=9Fe_you_all?="},
        {"привет", "=?utf-8?B?0L/RgNC40LLQtdGC?="},
        {"a =?b", "=?utf-8?B?YSA9P2I=?="},
        {"a\tb long enough", "=?utf-8?Q?a=09b_long_enough?="},
    };
    for (const auto& t : kTable) {
      CPPUNIT_ASSERT_EQUAL(t.value, encodeWords(t.text));
      CPPUNIT_ASSERT_EQUAL(t.text, decodeWords(t.value));
    }
  }

  void lineLength() {
    for (const std::string unit : {"ä", "é plain words ", "例", "😀", "x\x01"}) {
      std::string text;
      for (int i = 0; i < 200; ++i) text += unit;
      const std::string value = encodeWords(text);
      CPPUNIT_ASSERT_EQUAL(text, decodeWords(value));
      for (size_t pos = 0; pos < value.size();) {
        const size_t end = std::min(value.find(' ', pos), value.size());
        CPPUNIT_ASSERT(end - pos <= 64);
        // Each word stands alone: no character is cut (RFC 2047 5).
        CPPUNIT_ASSERT(decodeWords(value.substr(pos, end - pos)).find("\uFFFD") == std::string::npos);
        pos = end + 1;
      }
    }
  }

  void phrases() {
    const struct {
      std::string text, phrase;
    } kTable[] = {
        {"Ann Lee", "Ann Lee"},
        {"", "\"\""},
        {"Lee, Ann", "\"Lee, Ann\""},
        {"a.b", "\"a.b\""},
        {"a  b", "\"a  b\""},
        {" a", "\" a\""},
        {R"(a "b" \c)", R"("a \"b\" \\c")"},
        {"Zoë", "=?utf-8?Q?Zo=C3=AB?="},
        {"=?x", "=?utf-8?B?PT94?="},
    };
    for (const auto& t : kTable) CPPUNIT_ASSERT_EQUAL(t.phrase, encodePhrase(t.text));
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(WordsTest);
}  // namespace
