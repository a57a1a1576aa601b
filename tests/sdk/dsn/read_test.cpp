// Notifications that come in: our own, and those of others.
#include "ph/dsn/read.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "ph/dsn/report.hpp"

namespace {

using namespace ph::dsn;

class DsnReadTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DsnReadTest);
  CPPUNIT_TEST(ours);
  CPPUNIT_TEST(others);
  CPPUNIT_TEST(none);
  CPPUNIT_TEST(many);
  CPPUNIT_TEST_SUITE_END();

 public:
  void ours() {
    Report r;
    r.hostname = "mx.example";
    r.sender = "ann@far.example";
    r.messageId = "<1@mx.example>";
    r.boundary = "b0undary";
    r.envelopeId = "id+1";
    r.now = r.arrival = {1795244400, 0};
    r.recipients = {{"bob@our.example", "", Action::Failed, "5.1.1", "550 5.1.1 no such user here"},
                    {"j\xc3\xb6rg@our.example", "rfc822;e@our.example", Action::Delayed, "4.2.2", ""}};
    r.header = "Subject: hello\r\n\r\n";
    const auto in = read(compose(r)->message);
    CPPUNIT_ASSERT(in.ok());
    CPPUNIT_ASSERT_EQUAL(std::string("id+1"), in->envelopeId);
    CPPUNIT_ASSERT_EQUAL(std::string("mx.example"), in->reportingMta);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, in->recipients.size());
    const auto& bob = in->recipients[0];
    CPPUNIT_ASSERT(bob.recipient == "bob@our.example" && bob.action == "failed" && bob.status == "5.1.1");
    CPPUNIT_ASSERT_EQUAL(std::string("550 5.1.1 no such user here"), bob.diagnostic);
    CPPUNIT_ASSERT(in->recipients[1].recipient == "j\xc3\xb6rg@our.example" && in->recipients[1].action == "delayed");
    CPPUNIT_ASSERT_EQUAL(std::string("e@our.example"), in->recipients[1].original);
  }

  static std::string report(const std::string& status) {
    return "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n"
           "--b\nContent-Type: message/delivery-status\n\n" +
           status + "\n--b--\n";
  }

  void others() {
    // Empty lines too many, blanks, comments, folded texts, lines that are no fields.
    const auto in = read(
        report("\n\nreporting-mta:dns;mx.far.example\n\n\nfinal-recipient : RFC822;  x@far.example\nACTION: Failed\n"
               "Status: 5.2.1 (closed)\nno field\nDiagnostic-Code: smtp; 550\n  closed\n\nAction: failed\n"));
    CPPUNIT_ASSERT(in.ok());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, in->recipients.size());  // the last group names nobody
    const auto& x = in->recipients[0];
    CPPUNIT_ASSERT(x.recipient == "x@far.example" && x.action == "failed" && x.status == "5.2.1");
    CPPUNIT_ASSERT_EQUAL(std::string("550  closed"), x.diagnostic);
  }

  void none() {
    for (const std::string& in : {std::string(), std::string("Subject: hello\r\n\r\ntext"),
                                  std::string("Content-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b--\n")}) {
      CPPUNIT_ASSERT(read(in).error().kind == ph::Kind::NotFound);
    }
    CPPUNIT_ASSERT(read(report("")).error().kind == ph::Kind::Invalid);
    CPPUNIT_ASSERT(read(report("Reporting-MTA: dns; x\n")).error().kind == ph::Kind::Invalid);
  }

  void many() {
    std::string status = "Reporting-MTA: dns; x\n";
    for (int i = 0; i < 3000; ++i) status += "\nFinal-Recipient: rfc822; x@y\nAction: failed\n";
    CPPUNIT_ASSERT_EQUAL(kMaxRecipients, read(report(status))->recipients.size());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DsnReadTest);

}  // namespace
