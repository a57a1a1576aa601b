// Structure, sections, stored trees and rendered IMAP texts of one nested message.
#include "ph/mime/parse.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/imap/bodystructure.hpp"
#include "ph/imap/envelope.hpp"
#include "ph/mime/decode.hpp"
#include "ph/mime/parts_blob.hpp"
#include "ph/mime/section.hpp"

namespace {
using namespace ph;

const std::string kNested =
    "From: A <a@x.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\n\r\nhello\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ninner\r\n"
    "--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGkh\r\n--b--\r\n";

class ParseTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ParseTest);
  CPPUNIT_TEST(sections);
  CPPUNIT_TEST(blob);
  CPPUNIT_TEST(rendering);
  CPPUNIT_TEST(limits);
  CPPUNIT_TEST_SUITE_END();

  static std::string section(const std::string& name) {
    const auto r = mime::findSection(mime::parse(kNested), name);
    return r ? kNested.substr(r->offset, r->size) : "?";
  }

  void sections() {
    CPPUNIT_ASSERT_EQUAL(std::string("hello"), section("1"));
    CPPUNIT_ASSERT_EQUAL(std::string("\r\n"), section("1.MIME"));
    CPPUNIT_ASSERT_EQUAL(std::string("Subject: in\r\n\r\n"), section("2.HEADER"));
    CPPUNIT_ASSERT_EQUAL(std::string("inner"), section("2.TEXT"));
    CPPUNIT_ASSERT_EQUAL(std::string("inner"), section("2.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("?"), section("1.1"));
    CPPUNIT_ASSERT_EQUAL(std::string("?"), section("4"));
    CPPUNIT_ASSERT_EQUAL(kNested, section(""));
    const auto tree = mime::parse(kNested);
    CPPUNIT_ASSERT_EQUAL(std::string("2.1"), mime::partNumber(tree, 3));
    CPPUNIT_ASSERT_EQUAL(std::string("hi!"), *mime::decodeBody(kNested, tree.parts[4]));
  }

  void blob() {
    const auto tree = mime::parse(kNested);
    const std::string bytes = mime::encodeParts(tree);
    const auto back = mime::decodeParts(bytes);
    CPPUNIT_ASSERT(back && back->parts == tree.parts);
    for (size_t n = 0; n < bytes.size(); ++n) CPPUNIT_ASSERT(!mime::decodeParts(bytes.substr(0, n)));
  }

  void rendering() {
    CPPUNIT_ASSERT_EQUAL(
        std::string(R"((NIL NIL (("A" NIL "a" "x.example")) (("A" NIL "a" "x.example")) (("A" NIL "a" "x.example")) )"
                    R"(NIL NIL NIL NIL NIL))"),
        imap::envelope(kNested));
    CPPUNIT_ASSERT_EQUAL(
        std::string(R"((("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 5 1))"
                    R"(("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 20 (NIL "in" NIL NIL NIL NIL NIL NIL NIL NIL) )"
                    R"(("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 5 1) 3))"
                    R"(("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "BASE64" 4 1) "MIXED"))"),
        imap::bodyStructure(kNested, mime::parse(kNested), false));
  }

  void limits() {
    std::string deep;
    for (int i = 0; i < 1000; ++i) {
      const std::string b = "b" + std::to_string(i);
      deep += "Content-Type: multipart/mixed; boundary=" + b + "\r\n\r\n--" + b + "\r\n";
    }
    CPPUNIT_ASSERT_EQUAL(mime::kMaxDepth, mime::parse(deep).parts.size());
    std::string wide = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (int i = 0; i < 20000; ++i) wide += "--b\r\n\r\nx\r\n";
    const auto tree = mime::parse(wide);
    CPPUNIT_ASSERT_EQUAL(mime::kMaxParts, tree.parts.size());
    CPPUNIT_ASSERT_EQUAL(wide.size(), tree.parts.back().bodyEnd);
  }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ParseTest);
}  // namespace
