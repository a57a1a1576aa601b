// Paths, parameters, verbs and replies of SMTP.
#include <cppunit/extensions/HelperMacros.h>

#include <string>

#include "ph/smtp/command.hpp"
#include "ph/smtp/domain.hpp"
#include "ph/smtp/parameters.hpp"
#include "ph/smtp/path.hpp"
#include "ph/smtp/reply.hpp"

namespace {

using namespace ph::smtp;

class SmtpGrammarTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SmtpGrammarTest);
  CPPUNIT_TEST(goodPaths);
  CPPUNIT_TEST(badPaths);
  CPPUNIT_TEST(mailParameters);
  CPPUNIT_TEST(badMail);
  CPPUNIT_TEST(times);
  CPPUNIT_TEST(holds);
  CPPUNIT_TEST(chunks);
  CPPUNIT_TEST(localPartLength);
  CPPUNIT_TEST(rcptParameters);
  CPPUNIT_TEST(verbs);
  CPPUNIT_TEST(clientNames);
  CPPUNIT_TEST(addressLiterals);
  CPPUNIT_TEST(replies);
  CPPUNIT_TEST_SUITE_END();

 public:
  void goodPaths() {
    const struct {
      std::string_view in, local, domain, formatted;
    } cases[] = {
        {"<a@b.example>", "a", "b.example", "<a@b.example>"},
        {"<a.b+c@[192.0.2.1]>", "a.b+c", "[192.0.2.1]", "<a.b+c@[192.0.2.1]>"},
        {"<a@[IPv6:2001:db8::1]>", "a", "[IPv6:2001:db8::1]", "<a@[IPv6:2001:db8::1]>"},
        {"<\"a b\"@c.example>", "a b", "c.example", "<\"a b\"@c.example>"},
        {"<\"a\\\"\\\\\"@c.example>", "a\"\\", "c.example", "<\"a\\\"\\\\\"@c.example>"},
        {"<\"a\"@c.example>", "a", "c.example", "<a@c.example>"},
        {"<@x.example,@y.example:a@b.example>", "a", "b.example", "<a@b.example>"},
        {"<\xc3\xa9@b\xc3\xbc.example>", "\xc3\xa9", "b\xc3\xbc.example", "<\xc3\xa9@b\xc3\xbc.example>"},
        {"<Postmaster@b.example>", "Postmaster", "b.example", "<Postmaster@b.example>"},
        {"<pOstmaster>", "pOstmaster", "", "<pOstmaster>"},
    };
    for (const auto& c : cases) {
      std::string_view in = c.in;
      const auto path = parseForwardPath(in);
      CPPUNIT_ASSERT_MESSAGE(std::string(c.in), path.ok() && in.empty());
      CPPUNIT_ASSERT_EQUAL(std::string(c.local), path->localPart);
      CPPUNIT_ASSERT_EQUAL(std::string(c.domain), path->domain);
      CPPUNIT_ASSERT_EQUAL(std::string(c.formatted), formatPath(*path));
    }
    std::string_view null = "<>";
    const auto path = parseReversePath(null);
    CPPUNIT_ASSERT(path.ok() && path->isNull());
  }

  void badPaths() {
    for (const std::string_view in : {"a@b.example",
                                      "<a@b.example",
                                      "<a>",
                                      "<>",
                                      "<@b.example>",
                                      "<a@>",
                                      "<.a@b.example>",
                                      "<a..b@c.example>",
                                      "<a.@c.example>",
                                      "<a b@c.example>",
                                      "<\"a@b.example>",
                                      "<\"\"@b.example>",
                                      "<a@-b.example>",
                                      "<a@b..c>",
                                      "<a@b.example.>",
                                      "<a@b_c.example>",
                                      "<a@[1.2.3]>",
                                      "<a@[1.2.3.256]>",
                                      "<a@[x:y]>",
                                      "<@x.example a@b.example>",
                                      "<a@\xff.example>",
                                      "<\xff@a.example>",
                                      "<a@b@c.example>",
                                      "<postmasterx>"}) {
      std::string_view rest = in;
      const auto path = parseForwardPath(rest);
      CPPUNIT_ASSERT_MESSAGE(std::string(in), !path.ok());
      CPPUNIT_ASSERT(!path.error().text.empty());
      CPPUNIT_ASSERT_EQUAL(in.size(), rest.size());
    }
  }

  void mailParameters() {
    const auto m = parseMail(
        "from: <a@b.example> SIZE=18446744073709551615 body=8bitmime SMTPUTF8 AUTH=e+3Dmc2@x "
        "RET=HDRS ENVID=QQ+2B REQUIRETLS X-Y=1  ");
    CPPUNIT_ASSERT_MESSAGE(m.ok() ? "" : m.error().text, m.ok());
    CPPUNIT_ASSERT_EQUAL(UINT64_MAX, *m->size);
    CPPUNIT_ASSERT(m->body == Body::EightBitMime);
    CPPUNIT_ASSERT(m->smtpUtf8 && m->requireTls);
    CPPUNIT_ASSERT_EQUAL(std::string("e=mc2@x"), *m->auth);
    CPPUNIT_ASSERT_EQUAL(false, *m->returnFull);
    CPPUNIT_ASSERT_EQUAL(std::string("QQ+"), *m->envId);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, m->others.size());
    CPPUNIT_ASSERT_EQUAL(std::string("X-Y"), m->others[0].keyword);
  }

  void times() {
    const auto by = parseMail("FROM:<> BY=+120;rt")->deliverBy;
    CPPUNIT_ASSERT(by->seconds == 120 && by->orReturn && by->trace);
    const auto past = parseMail("FROM:<> by=-999999999;N")->deliverBy;
    CPPUNIT_ASSERT(past->seconds == -999'999'999 && !past->orReturn && !past->trace);
    for (const auto& [in, priority] :
         {std::pair("FROM:<> MT-PRIORITY=9", 9), {"FROM:<> mt-priority=-9", -9}, {"FROM:<> MT-PRIORITY=0", 0}}) {
      CPPUNIT_ASSERT_EQUAL(priority, *parseMail(in)->priority);
    }
    for (const auto in :
         {"FROM:<> BY", "FROM:<> BY=;N", "FROM:<> BY=1;", "FROM:<> BY=1", "FROM:<> BY=1;T", "FROM:<> BY=1;NTT",
          "FROM:<> BY=--1;N", "FROM:<> BY=0;R", "FROM:<> BY=-1;R", "FROM:<> BY=1234567890;N", "FROM:<> BY=1x;N",
          "FROM:<> MT-PRIORITY", "FROM:<> MT-PRIORITY=10", "FROM:<> MT-PRIORITY=-0", "FROM:<> MT-PRIORITY=+1"}) {
      CPPUNIT_ASSERT_MESSAGE(in, !parseMail(in).ok());
    }
  }

  void holds() {
    CPPUNIT_ASSERT_EQUAL(uint32_t{999999999}, *parseMail("FROM:<> HOLDFOR=999999999")->holdFor);
    CPPUNIT_ASSERT_EQUAL(int64_t{1795244400}, *parseMail("FROM:<> holduntil=2026-11-21T07:00:00Z")->holdUntil);
    for (const auto in : {"FROM:<> HOLDFOR", "FROM:<> HOLDFOR=0", "FROM:<> HOLDFOR=01", "FROM:<> HOLDFOR=1x",
                          "FROM:<> HOLDFOR=1000000000", "FROM:<> HOLDFOR=-1", "FROM:<> HOLDUNTIL=tomorrow",
                          "FROM:<> HOLDUNTIL", "FROM:<> HOLDFOR=1 HOLDUNTIL=2026-11-21T07:00:00Z"}) {
      CPPUNIT_ASSERT_MESSAGE(in, !parseMail(in).ok());
    }
  }

  void chunks() {
    CPPUNIT_ASSERT_EQUAL(uint64_t{0}, parseChunk("0")->size);
    CPPUNIT_ASSERT_EQUAL(UINT64_MAX, parseChunk("18446744073709551615 last")->size);
    CPPUNIT_ASSERT(parseChunk("12 LAST")->last && !parseChunk("12")->last);
    for (const auto in : {"", "LAST", "-1", "+1", "1x", "1 FIRST", "1 LAST x", "18446744073709551616", "0x10"}) {
      CPPUNIT_ASSERT_MESSAGE(in, !parseChunk(in).ok());
    }
  }

  // One rule with header addresses: 255 octets, quotes not counted.
  void localPartLength() {
    for (const char* quote : {"", "\""}) {
      const std::string q = quote;
      const std::string good = "<" + q + std::string(255, 'a') + q + "@b.example>";
      const std::string bad = "<" + q + std::string(256, 'a') + q + "@b.example>";
      std::string_view in = good;
      CPPUNIT_ASSERT(parseReversePath(in).ok());
      in = bad;
      CPPUNIT_ASSERT(!parseReversePath(in).ok());
    }
  }

  void badMail() {
    for (const auto in : {"", "<a@b.example>", "TO:<a@b.example>", "FROM:<a@b.example>SIZE=1",
                          "FROM:<> SIZE=", "FROM:<> SIZE=x", "FROM:<> SIZE", "FROM:<> SIZE=18446744073709551616",
                          "FROM:<> SIZE=1 size=2", "FROM:<> BODY=9BIT", "FROM:<> SMTPUTF8=1", "FROM:<> ENVID=a+2",
                          "FROM:<> ENVID=a+0A", "FROM:<> -X=1", "FROM:<> RET=ALL", "FROM:<> =1"}) {
      CPPUNIT_ASSERT_MESSAGE(in, !parseMail(in).ok());
    }
  }

  void rcptParameters() {
    const auto r = parseRcpt("TO:<a@b.example> NOTIFY=SUCCESS,delay ORCPT=rfc822;c+2Bd@e.example");
    CPPUNIT_ASSERT_MESSAGE(r.ok() ? "" : r.error().text, r.ok());
    CPPUNIT_ASSERT(r->notify->success && r->notify->delay && !r->notify->failure && !r->notify->never);
    CPPUNIT_ASSERT_EQUAL(std::string("rfc822;c+d@e.example"), *r->originalRecipient);
    for (const auto in : {"TO:<>", "TO:<a@b.example> NOTIFY=NEVER,DELAY", "TO:<a@b.example> NOTIFY=",
                          "TO:<a@b.example> NOTIFY=DELAY,DELAY", "TO:<a@b.example> ORCPT=x", "FROM:<a@b.example>"}) {
      CPPUNIT_ASSERT_MESSAGE(in, !parseRcpt(in).ok());
    }
    CPPUNIT_ASSERT_EQUAL(std::string("a+2B+3D+0A~"), encodeXtext("a+=\n~"));
  }

  void verbs() {
    const auto c = splitCommand("mail FROM:<> SIZE=1 ");
    CPPUNIT_ASSERT(c.ok() && c->verb == Verb::Mail);
    CPPUNIT_ASSERT_EQUAL(std::string("FROM:<> SIZE=1"), std::string(c->arguments));
    CPPUNIT_ASSERT(splitCommand("STARTTLS")->verb == Verb::StartTls);
    CPPUNIT_ASSERT(splitCommand("GET / HTTP/1.1")->verb == Verb::Unknown);
    for (const std::string_view bad :
         {std::string_view("NOOP\0", 5), std::string_view("QUIT\r"), std::string_view(), std::string_view("  ")}) {
      CPPUNIT_ASSERT(!splitCommand(bad).ok());
    }
  }

  void clientNames() {
    CPPUNIT_ASSERT(parseClientName("mx.example")->form == ClientName::Form::Domain);
    CPPUNIT_ASSERT(parseClientName("[IPv6:::1]")->form == ClientName::Form::AddressLiteral);
    CPPUNIT_ASSERT(parseClientName("my_pc")->form == ClientName::Form::Other);
    CPPUNIT_ASSERT(!parseClientName("").ok());
  }

  void addressLiterals() {
    for (const auto good : {"[0.0.0.0]", "[IPv6:::]", "[ipv6:1:2:3:4:5:6:7:8]", "[IPv6:::ffff:1.2.3.4]",
                            "[IPv6:1:2:3:4:5:6:1.2.3.4]", "[IPv6:1:2:3:4:5:6:7::]"}) {
      CPPUNIT_ASSERT_MESSAGE(good, checkAddressLiteral(good).ok());
    }
    for (const auto bad : {"", "[]", "[IPv6:]", "[IPv6:1:2:3:4:5:6:7]", "[IPv6:1::2::3]", "[IPv6:12345::]", "[IPv6:1:]",
                           "[IPv6:1:2:3:4:5:6:7:8::]", "[::1]", "[1.2.3.4.5]", "[1.2.3.]", "[IPv6:1.2.3.4::]"}) {
      CPPUNIT_ASSERT_MESSAGE(bad, !checkAddressLiteral(bad).ok());
    }
  }

  void replies() {
    CPPUNIT_ASSERT_EQUAL(std::string("250 2.1.0 ok\r\n"), Reply(250, "2.1.0", "ok").toWire());
    CPPUNIT_ASSERT_EQUAL(std::string("250-a\r\n250 SIZE 1\r\n"), Reply(250, "", "a").addLine("SIZE 1").toWire());
    CPPUNIT_ASSERT_EQUAL(std::string("550 5.1.1 no  250 ok\r\n"), Reply(550, "5.1.1", "no\r\n250 ok").toWire());
    std::string text;
    for (int i = 0; i < 700; ++i) text += "\xc3\xa9";
    const std::string wire = Reply(550, "5.1.1", text).toWire();
    std::string joined;
    std::size_t start = 0;
    while (start < wire.size()) {
      const std::size_t end = wire.find("\r\n", start);
      CPPUNIT_ASSERT(end + 2 - start <= 512);
      joined += wire.substr(start + 10, end - start - 10);
      CPPUNIT_ASSERT_EQUAL(end + 2 == wire.size() ? ' ' : '-', wire[start + 3]);
      start = end + 2;
    }
    CPPUNIT_ASSERT_EQUAL(text, joined);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SmtpGrammarTest);

}  // namespace
