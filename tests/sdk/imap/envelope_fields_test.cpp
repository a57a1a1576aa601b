// ENVELOPE taken apart again, and the collation SORT uses.
#include "ph/imap/envelope_fields.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/charset/casemap.hpp"
#include "ph/charset/convert.hpp"
#include "ph/imap/envelope.hpp"
#include "ph/imap/partial_range.hpp"

namespace {

using namespace ph::imap;
using F = EnvelopeFields;

class EnvelopeFieldsTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(EnvelopeFieldsTest);
  CPPUNIT_TEST(takenApart);
  CPPUNIT_TEST(anyBytes);
  CPPUNIT_TEST(holds);
  CPPUNIT_TEST(casemap);
  CPPUNIT_TEST(partial);
  CPPUNIT_TEST_SUITE_END();

 public:
  void takenApart() {
    const std::string text = envelope(
        "Date: Mon, 1 Jan 2024 10:00:00 +0000\r\nSubject: say \"hi\\there\"\r\n (folded) \xc3\xa4\r\n"
        "From: \"Doe, J\\\"o\" <john@x.example>, =?utf-8?q?=C3=84nne?= <a@y.example>\r\n"
        "To: friends: b@x.example, c@x.example;, d@x.example\r\nMessage-ID: <1@x>\r\n\r\n");
    const F e(text);
    CPPUNIT_ASSERT_EQUAL(std::string("Mon, 1 Jan 2024 10:00:00 +0000"), e.text(F::Date));
    CPPUNIT_ASSERT_EQUAL(std::string("say \"hi\\there\" (folded) \xc3\xa4"), e.text(F::Subject));
    const auto from = e.addresses(F::From);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, from.size());
    CPPUNIT_ASSERT_EQUAL(std::string("Doe, J\"o <john@x.example>"), readable(from[0]));
    CPPUNIT_ASSERT_EQUAL(std::string("\xc3\x84nne <a@y.example>"), readable(from[1]));
    CPPUNIT_ASSERT_EQUAL(size_t{5}, e.addresses(F::To).size());
    CPPUNIT_ASSERT_EQUAL(std::string("friends"), e.addresses(F::To).front().mailbox);
    CPPUNIT_ASSERT(e.isNil(F::Cc) && e.addresses(F::Cc).empty());
    CPPUNIT_ASSERT(e.isNil(F::InReplyTo) && e.text(F::InReplyTo).empty());
    CPPUNIT_ASSERT_EQUAL(std::string("<1@x>"), e.text(F::MessageId));
  }

  void anyBytes() {
    for (const char* text : {"", "(", "()", "(((((", "(\"a", "({5}\r\nab)", "({99999999999999999999}\r\n)",
                             "(NIL (NIL) ))", "(  NIL \"\\", "({2}\r\n", ")("}) {
      const F e(text);
      for (const auto field : {F::Date, F::Subject, F::From, F::MessageId}) {
        (void)e.text(field);
        (void)e.addresses(field);
      }
    }
  }

  void holds() {
    const std::string text = envelope("Subject:\r\nFrom: Ann <Ann@X.example>\r\n\r\n");
    const F e(text);
    CPPUNIT_ASSERT(envelopeHas(e, F::From, "ann <ann@x."));
    CPPUNIT_ASSERT(!envelopeHas(e, F::From, "bob"));
    CPPUNIT_ASSERT(envelopeHas(e, F::From, ""));
    CPPUNIT_ASSERT(!envelopeHas(e, F::Cc, ""));
    CPPUNIT_ASSERT(envelopeHas(e, F::Subject, ""));
    std::string all;
    eachEnvelopeText(text, [&](const std::string& piece) { return all += piece + "|", true; });
    CPPUNIT_ASSERT_EQUAL(std::string("ann <ann@x.example>||"), all);
  }

  void casemap() {
    using ph::charset::casemapKey;
    CPPUNIT_ASSERT_EQUAL(casemapKey("abc"), casemapKey("ABC"));
    CPPUNIT_ASSERT_EQUAL(casemapKey("\xc3\xa4"), casemapKey("A\xcc\x88"));         // ä, A with diaeresis
    CPPUNIT_ASSERT_EQUAL(casemapKey("\xef\xac\x81"), casemapKey("\xef\xac\x81"));  // the ligature fi
    CPPUNIT_ASSERT(casemapKey("a") < casemapKey("B"));
    CPPUNIT_ASSERT(casemapKey("\xc3\xa4") > casemapKey("a") && casemapKey("\xc3\xa4") < casemapKey("b"));
    CPPUNIT_ASSERT_EQUAL(casemapKey("\xf0\x90\x90\xa8"), casemapKey("\xf0\x90\x90\x80"));  // Deseret
    CPPUNIT_ASSERT_EQUAL(std::string("\xef\xbf\xbd"), casemapKey("\xff"));
  }

  void partial() {
    const auto of = [](const char* text, uint64_t size) {
      Parser p(text);
      const auto range = parsePartialRange(p);
      CPPUNIT_ASSERT(p.ok());
      CPPUNIT_ASSERT_EQUAL(std::string(text), range.toString());
      const auto [begin, end] = range.of(size);
      return std::to_string(begin) + "-" + std::to_string(end);
    };
    CPPUNIT_ASSERT_EQUAL(std::string("0-3"), of("1:3", 10));
    CPPUNIT_ASSERT_EQUAL(std::string("0-3"), of("3:1", 10));
    CPPUNIT_ASSERT_EQUAL(std::string("8-10"), of("9:20", 10));
    CPPUNIT_ASSERT_EQUAL(std::string("7-10"), of("-1:-3", 10));
    CPPUNIT_ASSERT_EQUAL(std::string("0-2"), of("-9:-20", 10));
    CPPUNIT_ASSERT_EQUAL(std::string("0-0"), of("11:20", 10));
    CPPUNIT_ASSERT_EQUAL(std::string("0-0"), of("-1:-2", 0));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EnvelopeFieldsTest);

}  // namespace
