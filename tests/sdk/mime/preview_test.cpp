// Previews of messages. RFC 8970 3.3.
#include "ph/mime/preview.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "ph/charset/convert.hpp"

using ph::mime::previewOfHtml;
using ph::mime::previewOfText;

namespace {

class PreviewTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PreviewTest);
  CPPUNIT_TEST(text);
  CPPUNIT_TEST(html);
  CPPUNIT_TEST(length);
  CPPUNIT_TEST_SUITE_END();

 public:
  void text() {
    CPPUNIT_ASSERT_EQUAL(std::string(), previewOfText(""));
    CPPUNIT_ASSERT_EQUAL(std::string("a b c"), previewOfText("\r\n a \t b\r\n\r\nc\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("answer"), previewOfText("> quoted\n>> twice\nanswer\n-- \nsignature\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("x -- y"), previewOfText("x\n--\ny"));
    CPPUNIT_ASSERT_EQUAL(std::string("ab"), previewOfText("a\xe2\x80\x8b\xc2\xad"
                                                          "b"));
    CPPUNIT_ASSERT_EQUAL(std::string("a b"), previewOfText("a\xc2\xa0"
                                                           "b\x01"));
  }

  void html() {
    const auto is = [](const char* expected, const char* html) {
      CPPUNIT_ASSERT_EQUAL(std::string(expected), previewOfHtml(html));
    };
    is("one two", "<p>one</p><p>two</p>");
    is("bold", "<b>bo</b>ld");
    is("a < b & c", "a &lt; b &amp; c");
    is("a < b", "a < b");
    is("\xe2\x82\xac \xe2\x82\xac", "&euro; &#8364;");
    is("x", "<!-- <p>no --><STYLE>p { }</STYLE><script>if (a<b) {}</script>x");
    is("a b", "a<br/>b");
    is("a", "a<img alt='no");
    is("&bogus; &#xzz;", "&bogus; &#xzz;");
    is("", "<style>never closed");
    is("", "&#0;&#xd800;");
    is("h", "<html><head><title>t</title></head><body>h</body></html>");
  }

  void length() {
    std::string words, wide;
    for (int i = 0; i < 300; ++i) {
      words += "a ";
      wide += "\xf0\x9f\x98\x80";
    }
    CPPUNIT_ASSERT(previewOfText(words).size() <= ph::mime::kPreviewLength);
    CPPUNIT_ASSERT_EQUAL(ph::mime::kPreviewLength * 4, previewOfText(wide).size());
    CPPUNIT_ASSERT_EQUAL(ph::mime::kPreviewLength * 4, previewOfHtml(wide).size());
    CPPUNIT_ASSERT(ph::charset::isValidUtf8(previewOfHtml(wide + "<p>")));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PreviewTest);

}  // namespace
