// Charsets to UTF-8, validity and case folding.
#include "ph/charset/convert.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {
using namespace ph::charset;

class ConvertTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ConvertTest);
  CPPUNIT_TEST(validity);
  CPPUNIT_TEST(charsets);
  CPPUNIT_TEST(names);
  CPPUNIT_TEST(longText);
  CPPUNIT_TEST(folding);
  CPPUNIT_TEST_SUITE_END();

  // RFC 3629 4, one row for each border.
  void validity() {
    for (const char* good :
         {"", "a\xC3\xA4", "\xC2\x80", "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"}) {
      CPPUNIT_ASSERT_MESSAGE(good, isValidUtf8(good));
      CPPUNIT_ASSERT_EQUAL(std::string(good), sanitizeUtf8(good));
    }
    const struct {
      std::string bytes, clean;
    } kBad[] = {
        {"\x80", "\uFFFD"},
        {"\xC1\xBF", "\uFFFD"},
        {"\xE0\x9F\xBF", "\uFFFD"},
        {"\xED\xA0\x80", "\uFFFD"},
        {"\xF0\x8F\xBF\xBF", "\uFFFD"},
        {"\xF4\x90\x80\x80", "\uFFFD"},
        {"\xF5\x80\x80\x80", "\uFFFD"},
        {"12345678\xC3", "12345678\uFFFD"},
        {"a\xC3(b", "a\uFFFD(b"},
        {"\xFF\xFE", "\uFFFD\uFFFD"},
    };
    for (const auto& t : kBad) {
      CPPUNIT_ASSERT_MESSAGE(t.bytes, !isValidUtf8(t.bytes));
      CPPUNIT_ASSERT_EQUAL(t.clean, sanitizeUtf8(t.bytes));
    }
  }

  void charsets() {
    const struct {
      const char* charset;
      std::string bytes, text;
    } kTable[] = {
        {"us-ascii", "plain", "plain"},
        {"iso-8859-1", "gr\xFC\xDF", "grüß"},
        {"ISO-8859-15", "\xA4", "€"},
        {"iso-8859-1", "\x80", "€"},  // what its senders mean is windows-1252
        {"windows-1251", "\xCF\xF0", "Пр"},
        {"koi8-r", "\xF0\xD2", "Пр"},
        {"utf-8", "\xC3\xA4\xFF", "ä\xEF\xBF\xBD"},
        {"iso-2022-jp", "\x1B$B$3$s\x1B(B", "こん"},
        {"shift_jis", "\x82\xB1", "こ"},
        {"euc-kr", "\xC7\xD1", "한"},
        {"ks_c_5601-1987", "\xC7\xD1", "한"},
        {"gb2312", "\xD6\xD0", "中"},
        {"big5", "\xA4\xA4", "中"},
        {"utf-16be", std::string("\xD8\x3D\xDE\x00", 4), "😀"},
        {"utf-16be", std::string("\xD8\x3D\x00\x41", 4),
         "\xEF\xBF\xBD"
         "A"},
        {"utf-7", "+AOQ-", "ä"},
        {"", "\xC3\xA4", "ä"},
        {"x-no-such", "\xC3\xA4", "ä"},
        {"x-no-such", "\xE4", "ä"},
        {"us-ascii", "\xC3\xA4", "ä"},  // mislabelled UTF-8
        {"utf-8,swaplfnl", "\xE4", "ä"},
        {" \"bad name\" ", "\xE4", "ä"},
    };
    for (const auto& t : kTable) CPPUNIT_ASSERT_EQUAL_MESSAGE(t.charset, t.text, toUtf8(t.charset, t.bytes));
  }

  void names() {
    for (const char* name : {"us-ascii", "UTF-8", "utf8", "iso-8859-1", "gb18030", " big5 "}) {
      CPPUNIT_ASSERT_MESSAGE(name, isKnown(name));
    }
    for (const char* name : {"", "x-no-such", "utf-8,x", "a b", "\xC3\xA4"}) {
      CPPUNIT_ASSERT_MESSAGE(name, !isKnown(name));
    }
    CPPUNIT_ASSERT(!isKnown(std::string_view("utf-8\0", 6)));
    CPPUNIT_ASSERT(!isKnown(std::string(100, 'a')));
  }

  // Longer than the buffer, with a surrogate pair across its end.
  void longText() {
    std::string bytes, text;
    for (int i = 0; i < 5000; ++i) {
      bytes += std::string(i == 0 ? "\x00\x41" : "\xD8\x3D\xDE\x00", i == 0 ? 2 : 4);
      text += i == 0 ? "A" : "😀";
    }
    CPPUNIT_ASSERT(text == toUtf8("utf-16be", bytes));
  }

  void folding() {
    const struct {
      std::string text, folded;
    } kTable[] = {
        {"", ""},       {"AbC 1", "abc 1"},   {"ÄÖÜ", "äöü"}, {"Straße", "strasse"},
        {"ΣΑς", "σασ"}, {"ПРИВЕТ", "привет"}, {"ﬁ", "fi"},    {"A\xFF", "a\xEF\xBF\xBD"},
        {"İ", "i̇"},
    };
    for (const auto& t : kTable) CPPUNIT_ASSERT_EQUAL(t.folded, foldCase(t.text));
    std::string grows;  // to three times its size: more than the first attempt has room for
    for (int i = 0; i < 1000; ++i) grows += "\u0390";
    CPPUNIT_ASSERT_EQUAL(size_t{6}, foldCase("\u0390").size());
    CPPUNIT_ASSERT_EQUAL(size_t{6000}, foldCase(grows).size());
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConvertTest);
}  // namespace
