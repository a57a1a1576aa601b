#include "ph/mime/binary.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/mime/decode.hpp"
#include "ph/mime/parse.hpp"

namespace {

using namespace ph::mime;
using namespace std::string_literals;

class BinaryTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(BinaryTest);
  CPPUNIT_TEST(whatIsBinary);
  CPPUNIT_TEST(single);
  CPPUNIT_TEST(parts);
  CPPUNIT_TEST(largeBody);
  CPPUNIT_TEST_SUITE_END();

 public:
  void whatIsBinary() {
    for (const auto& s : {"\0"s, "a\nb"s, "a\rb"s, "a\r"s, "\r\r\n"s, "a\r\n\n"s, std::string(999, 'x'),
                          "\r\n" + std::string(999, 'x') + "\r\n"}) {
      CPPUNIT_ASSERT(isBinary(s));
    }
    for (const auto& s : {""s, "a"s, "a\r\nb\r\n\r\n"s, "\xff\x01"s, std::string(998, 'x') + "\r\n"}) {
      CPPUNIT_ASSERT(!isBinary(s));
    }
  }

  void single() {
    const struct {
      std::string in, out;
    } cases[] = {
        {"A: 1\r\n\r\nplain\r\n", "A: 1\r\n\r\nplain\r\n"},
        {"A: 1\r\n\r\n\0"s, "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\nA: 1\r\n\r\nAA==\r\n"},
        {"MIME-Version: 1.0\r\nContent-transfer-encoding:\r\n binary\r\nA: 1\r\n\r\n\n",
         "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\nA: 1\r\n\r\nCg==\r\n"},
        {"MIME-Version: 1.0\r\nContent-Transfer-Encoding: binary\r\n\r\nplain",
         "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 7bit\r\n\r\nplain"},
        {"MIME-Version: 1.0\r\nContent-Transfer-Encoding: binary\r\n\r\n\xc3\xa4",
         "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa4"},
        // Nothing is encoded twice, and nothing that is no content.
        {"Content-Transfer-Encoding: base64\r\n\r\nAA==\n", "Content-Transfer-Encoding: base64\r\n\r\nAA==\n"},
    };
    for (const auto& c : cases) CPPUNIT_ASSERT_EQUAL(c.out, run(c.in));
  }

  void parts() {
    const std::string blob = "\0\x01\r\n--not-b\r\n\xff\n"s;
    const std::string in =
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        "--b\r\n\r\ntext\r\n"
        "--b\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: BINARY\r\n\r\n" +
        blob +
        "\r\n--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        "Subject: inner\r\n\r\na\nb\r\n--b--\r\n";
    const std::string out = run(in);
    CPPUNIT_ASSERT(!isBinary(out));
    const Tree before = parse(in);
    const Tree after = parse(out);
    CPPUNIT_ASSERT_EQUAL(before.parts.size(), after.parts.size());
    for (size_t i = 0; i < before.parts.size(); ++i) {
      CPPUNIT_ASSERT_EQUAL(before.parts[i].type, after.parts[i].type);
      CPPUNIT_ASSERT(after.parts[i].encoding != Encoding::Binary);
      if (before.parts[i].firstChild != kNoPart) continue;
      CPPUNIT_ASSERT_EQUAL(*decodeBody(in, before.parts[i]), *decodeBody(out, after.parts[i]));
    }
    CPPUNIT_ASSERT(after.parts[1].encoding == Encoding::SevenBit);
    CPPUNIT_ASSERT(after.parts[3].encoding == Encoding::SevenBit);
  }

  void largeBody() {
    std::string blob;
    for (int i = 0; i < 300'000; ++i) blob += static_cast<char>(i * 7 + i / 256);
    const std::string out = run("Content-Transfer-Encoding: binary\r\nMIME-Version: 1.0\r\n\r\n" + blob);
    CPPUNIT_ASSERT(!isBinary(out));
    CPPUNIT_ASSERT(*decodeBody(out, parse(out).root()) == blob);
  }

 private:
  static std::string run(std::string_view in) {
    std::string out;
    encodeBinary(in, [&](std::string_view s) { out += s; });
    return out;
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BinaryTest);

}  // namespace
