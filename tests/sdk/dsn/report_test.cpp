#include "ph/dsn/report.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/header/block.hpp"
#include "ph/mime/binary.hpp"
#include "ph/mime/parse.hpp"

namespace {

using namespace ph::dsn;

Report sample() {
  Report r;
  r.hostname = "mx.example";
  r.sender = "ann@far.example";
  r.messageId = "<1@mx.example>";
  r.boundary = "b0undary";
  r.now = {1795244400, 0};
  r.arrival = {1795244399, 60};
  r.recipients = {{"bob@our.example", "", Action::Failed, "5.1.1", "550 5.1.1 no such user here"},
                  {"eve@our.example", "rfc822;e@our.example", Action::Delayed, "4.2.2", ""}};
  r.header = "Subject: hello\r\nFrom: ann@far.example\r\n\r\nbody\r\n";
  return r;
}

class DsnReportTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DsnReportTest);
  CPPUNIT_TEST(structure);
  CPPUNIT_TEST(status);
  CPPUNIT_TEST(utf8);
  CPPUNIT_TEST(remoteAndTimes);
  CPPUNIT_TEST(wholeMessage);
  CPPUNIT_TEST(hostileTexts);
  CPPUNIT_TEST_SUITE_END();

 public:
  void structure() {
    const auto n = compose(sample());
    CPPUNIT_ASSERT(n.ok() && !n->smtpUtf8 && !n->eightBit);
    CPPUNIT_ASSERT(!ph::mime::isBinary(n->message));
    const auto tree = ph::mime::parse(n->message);
    CPPUNIT_ASSERT(tree.problems.empty());
    CPPUNIT_ASSERT_EQUAL(size_t{4}, tree.parts.size());
    CPPUNIT_ASSERT_EQUAL(std::string("report"), tree.parts[0].subtype);
    CPPUNIT_ASSERT_EQUAL(std::string("plain"), tree.parts[1].subtype);
    CPPUNIT_ASSERT_EQUAL(std::string("delivery-status"), tree.parts[2].subtype);
    CPPUNIT_ASSERT_EQUAL(std::string("rfc822-headers"), tree.parts[3].subtype);
    CPPUNIT_ASSERT_EQUAL(std::string("Subject: hello\r\nFrom: ann@far.example\r\n"), body(*n, tree.parts[3]));
    const ph::header::Block header(n->message);
    CPPUNIT_ASSERT_EQUAL(std::string("auto-replied"), header.value("Auto-Submitted"));
    CPPUNIT_ASSERT_EQUAL(std::string("<ann@far.example>"), header.value("To"));
  }

  void status() {
    const auto n = compose(sample());
    const auto tree = ph::mime::parse(n->message);
    CPPUNIT_ASSERT_EQUAL(std::string("Reporting-MTA: dns; mx.example\r\n"
                                     "Arrival-Date: Sat, 21 Nov 2026 07:59:59 +0100\r\n"
                                     "\r\n"
                                     "Final-Recipient: rfc822; bob@our.example\r\n"
                                     "Action: failed\r\n"
                                     "Status: 5.1.1\r\n"
                                     "Diagnostic-Code: smtp; 550 5.1.1 no such user here\r\n"
                                     "\r\n"
                                     "Original-Recipient: rfc822;e@our.example\r\n"
                                     "Final-Recipient: rfc822; eve@our.example\r\n"
                                     "Action: delayed\r\n"
                                     "Status: 4.2.2\r\n"),
                         body(*n, tree.parts[2]));
  }

  void utf8() {
    Report r = sample();
    r.recipients[0].address = "j\xc3\xb6rg@our.example";
    r.header = "Subject: gr\xc3\xbc\xc3\x9f\n x\n\n";
    const auto n = compose(r);
    CPPUNIT_ASSERT(n.ok() && n->smtpUtf8 && n->eightBit);
    const auto tree = ph::mime::parse(n->message);
    CPPUNIT_ASSERT(tree.problems.empty());
    CPPUNIT_ASSERT_EQUAL(std::string("global-delivery-status"), tree.parts[2].subtype);
    CPPUNIT_ASSERT(body(*n, tree.parts[2]).find("Final-Recipient: utf-8; j\xc3\xb6rg@our.example\r\n") !=
                   std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::string("global-headers"), tree.parts[3].subtype);
    CPPUNIT_ASSERT_EQUAL(std::string("Subject: gr\xc3\xbc\xc3\x9f\r\n x\r\n"), body(*n, tree.parts[3]));
  }

  void remoteAndTimes() {
    Report r = sample();
    r.recipients.resize(1);
    r.recipients[0].action = Action::Delayed;
    r.recipients[0].remoteMta = "mx.far.example";
    r.recipients[0].lastAttempt = 1795244400;
    r.recipients[0].retryUntil = 1795248000;
    const auto n = compose(r);
    const auto tree = ph::mime::parse(n->message);
    CPPUNIT_ASSERT_EQUAL(std::string("Final-Recipient: rfc822; bob@our.example\r\n"
                                     "Action: delayed\r\n"
                                     "Status: 5.1.1\r\n"
                                     "Remote-MTA: dns; mx.far.example\r\n"
                                     "Diagnostic-Code: smtp; 550 5.1.1 no such user here\r\n"
                                     "Last-Attempt-Date: Sat, 21 Nov 2026 07:00:00 +0000\r\n"
                                     "Will-Retry-Until: Sat, 21 Nov 2026 08:00:00 +0000\r\n"),
                         body(*n, tree.parts[2]).substr(body(*n, tree.parts[2]).find("Final")));
    CPPUNIT_ASSERT_EQUAL(std::string("Your message is delayed"), ph::header::Block(n->message).value("Subject"));
    r.recipients[0].ownWords = true;
    CPPUNIT_ASSERT(compose(r)->message.find("\r\nDiagnostic-Code: x-posthouse; 550") != std::string::npos);
  }

  void wholeMessage() {
    Report r = sample();
    r.whole = "Subject: x\n\nbody\n--b0undary--\n";
    r.boundary = "other";
    auto n = compose(r);
    auto tree = ph::mime::parse(n->message);
    CPPUNIT_ASSERT_EQUAL(std::string("rfc822"), tree.parts[3].subtype);
    CPPUNIT_ASSERT(n->message.find("Subject: x\r\n\r\nbody\r\n--b0undary--\r\n") != std::string::npos);
    r.whole = "Subject: \xc3\xbc\n\nbody\n";
    n = compose(r);
    CPPUNIT_ASSERT(n->message.find("Content-Type: message/global\r\n") != std::string::npos);
  }

  void hostileTexts() {
    Report r = sample();
    r.recipients[0].diagnostic = "550 no\r\nX-Injected: 1\r\n\r\n--b0undary--";
    r.recipients[0].address = "\"a\r\nb\"@our.example";
    const std::string header = "Subject: x" + std::string(3, '\0') + "\r\n" + std::string(100'000, 'y') + ": z\r\n\r\n";
    r.header = header;
    const auto n = compose(r);
    CPPUNIT_ASSERT(n.ok());
    CPPUNIT_ASSERT(n->message.size() < 40'000);
    CPPUNIT_ASSERT(n->message.find("\r\nX-Injected") == std::string::npos);
    CPPUNIT_ASSERT_EQUAL(size_t{4}, ph::mime::parse(n->message).parts.size());
    r.sender = "a\r\nBcc: x@y";
    CPPUNIT_ASSERT(!compose(r).ok());
    r = sample();
    r.recipients.clear();
    CPPUNIT_ASSERT(!compose(r).ok());
  }

 private:
  static std::string body(const Notification& n, const ph::mime::Part& p) {
    return n.message.substr(p.bodyStart, p.bodyEnd - p.bodyStart);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DsnReportTest);

}  // namespace
