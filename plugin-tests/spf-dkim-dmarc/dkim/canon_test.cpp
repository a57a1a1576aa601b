// Canonical forms, cut in every way.
#include <cppunit/extensions/HelperMacros.h>

#include "dkim/body_canon.hpp"
#include "dkim/body_hashes.hpp"
#include "dkim/digest.hpp"
#include "dkim/header_canon.hpp"

namespace ph_mailauth::dkim {
namespace {

class CanonTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(CanonTest);
  CPPUNIT_TEST(bodies);
  CPPUNIT_TEST(longBodies);
  CPPUNIT_TEST(blanksAnywhere);
  CPPUNIT_TEST(headers);
  CPPUNIT_TEST(withoutSignature);
  CPPUNIT_TEST(selection);
  CPPUNIT_TEST(hashes);
  CPPUNIT_TEST_SUITE_END();

  static std::string body(Canon canon, const std::string& text, size_t piece) {
    std::string out;
    BodyCanon c(canon, [&](std::string_view s) { out += s; });
    for (size_t at = 0; at < text.size(); at += piece) c.add(std::string_view(text).substr(at, piece));
    c.finish();
    return out;
  }

  void bodies() {
    const struct {
      const char *text, *simple, *relaxed;
    } kTable[] = {
        {"", "\r\n", ""},
        {"\r\n", "\r\n", ""},
        {"\r\n\r\n\r\n", "\r\n", ""},
        {"a", "a\r\n", "a\r\n"},
        {"a\r\n", "a\r\n", "a\r\n"},
        {"a\r\n\r\n\r\n", "a\r\n", "a\r\n"},
        {"a\r\n\r\nb", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
        {"\r\n\r\na\r\n", "\r\n\r\na\r\n", "\r\n\r\na\r\n"},
        // RFC 6376 3.4.5
        {" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
        {" \r\n", " \r\n", ""},
        {" \t ", " \t \r\n", ""},
        {"a \r\n \r\n\t\r\n", "a \r\n \r\n\t\r\n", "a\r\n"},
        {"a\r\n \r\nb", "a\r\n \r\nb\r\n", "a\r\n\r\nb\r\n"},
        {"\ta\t\tb\t", "\ta\t\tb\t\r\n", " a b\r\n"},
        // A bare CR or LF ends a line.
        {"a\nb\n", "a\r\nb\r\n", "a\r\nb\r\n"},
        {"a\rb\r", "a\r\nb\r\n", "a\r\nb\r\n"},
        {"a\n\rb", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
        {"a\r\r\nb", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
        {"a\n\n\n", "a\r\n", "a\r\n"},
        {"\xc3\xbc \xff\r\n", "\xc3\xbc \xff\r\n", "\xc3\xbc \xff\r\n"},
    };
    for (const auto& c : kTable) {
      for (const size_t piece : {1, 2, 3, 100}) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(c.text, std::string(c.simple), body(Canon::Simple, c.text, piece));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(c.text, std::string(c.relaxed), body(Canon::Relaxed, c.text, piece));
      }
    }
  }

  // Runs of blanks become one, wherever in a line they begin.
  void blanksAnywhere() {
    for (const char* blanks : {" ", "\t", "  ", " \t", "\t ", "\t\t", " \t ", "   \t\t"}) {
      for (size_t before = 1; before < 40; ++before) {
        for (size_t behind = 1; behind < 20; ++behind) {
          const std::string a(before, 'a');
          const std::string b(behind, 'b');
          for (const size_t piece : {1, 1000})
            CPPUNIT_ASSERT_EQUAL(a + " " + b + "\r\n", body(Canon::Relaxed, a + blanks + b, piece));
        }
      }
    }
  }

  // Lines longer than any buffer, and blanks on the border.
  void longBodies() {
    for (const size_t n : {8190, 8191, 8192, 8193, 100'000}) {
      const std::string line(n, 'x');
      const std::string text = line + "  " + line + "\r\n" + line + "\r\n\r\n";
      const std::string relaxed = line + " " + line + "\r\n" + line + "\r\n";
      for (const size_t piece : {1, 4096, 8191, 1'000'000}) {
        CPPUNIT_ASSERT(relaxed == body(Canon::Relaxed, text, piece));
        CPPUNIT_ASSERT(line + "  " + line + "\r\n" + line + "\r\n" == body(Canon::Simple, text, piece));
      }
    }
  }

  void headers() {
    const struct {
      const char *field, *simple, *relaxed;
    } kTable[] = {
        // RFC 6376 3.4.5
        {"A: X\r\n", "A: X\r\n", "a:X\r\n"},
        {"B : Y\t\r\n\tZ  \r\n", "B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n"},
        {"Subject:\r\n", "Subject:\r\n", "subject:\r\n"},
        {"Subject: \t\r\n \r\n", "Subject: \t\r\n \r\n", "subject:\r\n"},
        {"S: a\n b\n", "S: a\r\n b\r\n", "s:a b\r\n"},
        {"S: a", "S: a\r\n", "s:a\r\n"},
        {"S: \xc3\xbc\r\n", "S: \xc3\xbc\r\n", "s:\xc3\xbc\r\n"},
        {"S: a:b\r\n", "S: a:b\r\n", "s:a:b\r\n"},
    };
    for (const auto& c : kTable) {
      std::string simple, relaxed;
      appendCanonical(Canon::Simple, c.field, simple);
      appendCanonical(Canon::Relaxed, c.field, relaxed);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.field, std::string(c.simple), simple);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.field, std::string(c.relaxed), relaxed);
    }
  }

  void withoutSignature() {
    const struct {
      const char *field, *simple;
    } kTable[] = {
        {"S: v=1; b=abc\r\n", "S: v=1; b="},          {"S: v=1; b=abc;\r\n", "S: v=1; b=;"},
        {"S: b= a\r\n bc ; bh=x\r\n", "S: b=; bh=x"}, {"S: bh=b=; b\r\n =abc; x=1\r\n", "S: bh=b=; b\r\n =; x=1"},
        {"S: bb=1; b=\r\n", "S: bb=1; b="},           {"S: none\r\n", "S: none"},
    };
    for (const auto& c : kTable) {
      std::string out;
      appendUnsigned(Canon::Simple, c.field, out);
      CPPUNIT_ASSERT_EQUAL(std::string(c.simple), out);
    }
  }

  // RFC 6376 5.4.2: from the last to the first.
  void selection() {
    const std::string text = "A: 1\r\nB: 2\r\na: 3\r\nA: 4\r\n\r\n";
    const ph::header::Block block(text);
    const HeaderFields fields(text, block);
    std::string out;
    fields.append(Canon::Relaxed, {"a", "C", "b", "A", "B"}, out);
    CPPUNIT_ASSERT_EQUAL(std::string("a:4\r\nb:2\r\na:3\r\n"), out);
    CPPUNIT_ASSERT_EQUAL(size_t{3}, fields.count("a"));
    CPPUNIT_ASSERT_EQUAL(size_t{0}, fields.count("c"));
  }

  void hashes() {
    BodyHashes h;
    const size_t all = h.want(Canon::Simple, Hash::Sha256);
    CPPUNIT_ASSERT_EQUAL(all, h.want(Canon::Simple, Hash::Sha256));
    const size_t four = h.want(Canon::Simple, Hash::Sha256, 4);
    const size_t none = h.want(Canon::Simple, Hash::Sha256, 0);
    const size_t relaxed = h.want(Canon::Relaxed, Hash::Sha256);
    const size_t beyond = h.want(Canon::Relaxed, Hash::Sha256, 1000);
    h.add("ab ");
    h.add(" c\r\n");
    h.finish();
    CPPUNIT_ASSERT(digestOf(Hash::Sha256, "ab  c\r\n") == h.digest(all));
    CPPUNIT_ASSERT(digestOf(Hash::Sha256, "ab  ") == h.digest(four));
    CPPUNIT_ASSERT(digestOf(Hash::Sha256, "") == h.digest(none));
    CPPUNIT_ASSERT(digestOf(Hash::Sha256, "ab c\r\n") == h.digest(relaxed));
    CPPUNIT_ASSERT(h.digest(relaxed) == h.digest(beyond));
    CPPUNIT_ASSERT_EQUAL(uint64_t{7}, h.length(Canon::Simple));
    CPPUNIT_ASSERT_EQUAL(uint64_t{6}, h.length(Canon::Relaxed));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CanonTest);

}  // namespace
}  // namespace ph_mailauth::dkim
