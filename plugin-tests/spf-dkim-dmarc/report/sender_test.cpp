// Reports that are sent: what is counted, when they go, where to, and what stops them.
#include "report/sender.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>

#include "report/attachment.hpp"
#include "report/read.hpp"
#include "report/received.hpp"
#include "scripted_resolver.hpp"
#include "testkit/fake_host.hpp"

namespace {

using namespace ph_mailauth;
using Type = ph::DnsType;

constexpr int64_t kDay = 86400;
constexpr int64_t kMidnight = 19'700 * kDay;

class ReportSenderTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ReportSenderTest);
  CPPUNIT_TEST(periods);
  CPPUNIT_TEST(aDaysReport);
  CPPUNIT_TEST(hourlyReports);
  CPPUNIT_TEST(otherOrganisations);
  CPPUNIT_TEST(sizes);
  CPPUNIT_TEST(whatStopsReports);
  CPPUNIT_TEST(failuresAreTriedAgain);
  CPPUNIT_TEST(receivedReports);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    tearDown();  // tests begin anew, too
    dns = ScriptedResolver();
    sent.clear();
    told.clear();
    postAnswer = ph::Status();
    host = std::make_unique<ph::testkit::FakeHost>();
    face = std::make_unique<ph::Host>(&host->raw);
    evaluations = std::make_unique<Evaluations>(*face);
  }
  void tearDown() override {
    evaluations.reset();
    face.reset();
    host.reset();
  }

  void periods() {
    const std::pair<uint32_t, int64_t> table[] = {{86400, 86400}, {90000, 86400}, {86399, 43200}, {40000, 28800},
                                                  {3600, 3600},   {7199, 3600},   {0, 3600},      {UINT32_MAX, 86400}};
    for (const auto& [interval, period] : table) CPPUNIT_ASSERT_EQUAL(period, reportPeriod(interval));
  }

  void aDaysReport() {
    publish("example.org", "v=DMARC1; p=reject; rua=mailto:a@example.org,mailto:b@sub.example.org");
    note("example.org", kMidnight + 100, "192.0.2.1");
    note("example.org", kMidnight + 50'000, "192.0.2.1");
    note("example.org", kMidnight + 50'001, "192.0.2.2");
    note("example.org", kMidnight + kDay + 5, "192.0.2.3");
    run(kMidnight + kDay - 1);
    CPPUNIT_ASSERT(sent.empty());
    run(kMidnight + kDay + 3600);
    CPPUNIT_ASSERT_EQUAL(std::string("a@example.org b@sub.example.org "), recipients());
    const auto report = readReport(*reportAttachment(sent[0].message));
    CPPUNIT_ASSERT(report.ok());
    CPPUNIT_ASSERT(report->begin == kMidnight && report->end == kMidnight + kDay - 1 &&
                   report->domain == "example.org");
    CPPUNIT_ASSERT(report->p == "reject" && report->adkim == "r" && report->discovery == "psl");
    CPPUNIT_ASSERT_EQUAL(size_t{2}, report->rows.size());
    CPPUNIT_ASSERT(report->rows[0].sourceIp == "192.0.2.1" && report->rows[0].count == 2 && report->rows[1].count == 1);
    CPPUNIT_ASSERT(sent[0].message.find("Subject: Report Domain: example.org Submitter: mx.example Report-ID:") !=
                       std::string::npos ||
                   sent[0].message.find("Submitter: mx.example") != std::string::npos);
    CPPUNIT_ASSERT(sent[0].message.find("filename=\"mx.example!example.org!" + std::to_string(kMidnight) + "!") !=
                   std::string::npos);
    sent.clear();
    run(kMidnight + kDay + 7200);
    CPPUNIT_ASSERT_MESSAGE("once", sent.empty());
    run(kMidnight + 2 * kDay + 3600);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, sent.size());
  }

  void hourlyReports() {
    publish("example.org", "v=DMARC1; p=none; ri=3600; rua=mailto:a@example.org");
    note("example.org", kMidnight + 100, "192.0.2.1");
    note("example.org", kMidnight + 4000, "192.0.2.1");
    run(kMidnight + 3600 + 2700);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, sent.size());
    run(kMidnight + 7200 + 2700);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, sent.size());
  }

  // RFC 7489 7.1.
  void otherOrganisations() {
    publish("example.org",
            "v=DMARC1; p=none; rua=mailto:x@victim.example,mailto:y@reports.example,mailto:z@example.org");
    dns.add("example.org._report._dmarc.reports.example", Type::Txt, "v=DMARC1");
    dns.add("example.org._report._dmarc.victim.example", Type::Txt, "something else");
    note("example.org", kMidnight, "192.0.2.1");
    run(kMidnight + kDay + 3600);
    CPPUNIT_ASSERT_EQUAL(std::string("y@reports.example z@example.org "), recipients());
    CPPUNIT_ASSERT(told.find("victim.example does not say that it wants reports about example.org") !=
                   std::string::npos);
  }

  void sizes() {
    publish("example.org", "v=DMARC1; p=none; rua=mailto:small@example.org!10,mailto:large@example.org!1m");
    note("example.org", kMidnight, "192.0.2.1");
    run(kMidnight + kDay + 3600);
    CPPUNIT_ASSERT_EQUAL(std::string("large@example.org "), recipients());
    setUp();
    publish("example.org", "v=DMARC1; p=none; rua=mailto:small@example.org!10");
    note("example.org", kMidnight, "192.0.2.1");
    run(kMidnight + kDay + 3600);
    CPPUNIT_ASSERT_EQUAL(std::string("small@example.org "), recipients());
    CPPUNIT_ASSERT(sent[0].message.find("\r\nReport-Size: ") != std::string::npos);
    CPPUNIT_ASSERT(!reportAttachment(sent[0].message).ok());
  }

  void whatStopsReports() {
    publish("example.org", "v=DMARC1; p=none; rua=mailto:a@example.org");
    note("example.org", kMidnight, "192.0.2.1", true);
    run(kMidnight + kDay + 3600);
    CPPUNIT_ASSERT_MESSAGE("rows about reports alone make none", sent.empty());
    note("example.org", kMidnight + kDay, "192.0.2.1", true);
    note("example.org", kMidnight + kDay, "192.0.2.2");
    run(kMidnight + 2 * kDay + 3600);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, sent.size());
    CPPUNIT_ASSERT_EQUAL(size_t{2}, readReport(*reportAttachment(sent[0].message))->rows.size());

    CPPUNIT_ASSERT(evaluations->suppress({"a@example.org", "asked us", kMidnight + 4 * kDay}).ok());
    note("example.org", kMidnight + 2 * kDay, "192.0.2.1");
    run(kMidnight + 3 * kDay + 3600);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, sent.size());
    note("example.org", kMidnight + 4 * kDay, "192.0.2.1");
    run(kMidnight + 5 * kDay + 3600);
    CPPUNIT_ASSERT_EQUAL_MESSAGE("the suppression is over", size_t{2}, sent.size());
    CPPUNIT_ASSERT_EQUAL(size_t{1}, evaluations->suppressions()->size());
    CPPUNIT_ASSERT(*evaluations->unsuppress("a@example.org") && !*evaluations->unsuppress("a@example.org"));

    note("gone.example", kMidnight + 5 * kDay, "192.0.2.1");
    run(kMidnight + 6 * kDay + 3600);
    CPPUNIT_ASSERT(sent.size() == 2 && told.find("there is no DMARC record any more") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::string("0"), host->databases.ask("SELECT count(*) FROM evaluations"));
  }

  void failuresAreTriedAgain() {
    publish("example.org", "v=DMARC1; p=none; rua=mailto:a@example.org");
    note("example.org", kMidnight, "192.0.2.1");
    postAnswer = ph::Error{ph::Kind::Temporary, "the queue is full"};
    run(kMidnight + kDay + 3600);
    CPPUNIT_ASSERT(told.find("the queue is full") != std::string::npos);
    dns.fail("_dmarc.example.org", Type::Txt);
    run(kMidnight + kDay + 4000);
    postAnswer = ph::Status();
    publish("example.org", "v=DMARC1; p=none; rua=mailto:a@example.org");
    sent.clear();
    run(kMidnight + kDay + 5000);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, sent.size());
    postAnswer = ph::Error{ph::Kind::Temporary, "the queue is full"};
    note("example.org", kMidnight + kDay, "192.0.2.1");
    run(kMidnight + 4 * kDay);
    CPPUNIT_ASSERT_EQUAL_MESSAGE("two days old", std::string("0"),
                                 host->databases.ask("SELECT count(*) FROM evaluations"));
  }

  void receivedReports() {
    ReceivedReports received(*face);
    AggregateReport r;
    r.organisation = "big.example";
    r.id = "1";
    r.domain = "example.org";
    r.begin = 100;
    r.end = 200;
    r.rows.resize(2);
    r.rows[0].count = 5;
    r.rows[0].dkim = true;
    r.rows[0].disposition = "none";
    r.rows[1].count = 2;
    r.rows[1].disposition = "reject";
    CPPUNIT_ASSERT(*received.keep(r, 1000) && !*received.keep(r, 1001));
    r.domain = "example.net";
    r.end = 300;
    CPPUNIT_ASSERT(*received.keep(r, 1000));
    const auto all = received.list("", 0, 100);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, all->size());
    CPPUNIT_ASSERT_EQUAL(std::string("example.net"), all->at(0).domain);
    const auto one = received.list("example.org", 0, 100);
    CPPUNIT_ASSERT(one->size() == 1 && one->at(0).messages == 7 && one->at(0).passed == 5 && one->at(0).rejected == 2);
    CPPUNIT_ASSERT(received.list("example.org", 200, 100)->empty() && received.list("", 0, 1)->size() == 1);
    r.id = "2";
    CPPUNIT_ASSERT(*received.keep(r, 1000 + 400 * kDay));
    CPPUNIT_ASSERT_EQUAL_MESSAGE("a year later", size_t{1}, received.list("", 0, 100)->size());
    CPPUNIT_ASSERT_EQUAL(std::string("2"), host->databases.ask("SELECT count(*) FROM report_rows"));
  }

 private:
  struct Sent {
    std::string to, message;
  };

  void publish(const std::string& domain, const std::string& text) {
    if (!record.empty() && domain == "example.org") dns = ScriptedResolver();
    dns.add("_dmarc." + domain, Type::Txt, text);
    record = text;
  }

  void note(const std::string& domain, int64_t at, const std::string& ip, bool optional = false) {
    Evaluation e;
    e.key = std::to_string(++number);
    e.at = at;
    e.domain = domain;
    e.record = record;
    e.optional = optional;
    e.row.sourceIp = ip;
    e.row.disposition = "none";
    e.row.headerFrom = domain;
    e.row.dkimResults = {{domain, "", "fail"}};
    e.row.spfResults = {{domain, "mfrom", "pass"}};
    CPPUNIT_ASSERT(evaluations->note(e).ok());
    CPPUNIT_ASSERT_MESSAGE("a message counts once", evaluations->note(e).ok());
  }

  void run(int64_t now) {
    ReportSender sender(
        *evaluations,
        [this](const std::string& from, const std::string& to, const std::string& message, int64_t) {
          CPPUNIT_ASSERT_EQUAL(std::string("postmaster@mx.example"), from);
          if (postAnswer) sent.push_back({to, message});
          return postAnswer;
        },
        [this](const std::string& domain, const std::string& what) { told += domain + ": " + what + "\n"; });
    const auto done = sender.run({"mx.example", "postmaster@mx.example", now}, dns);
    CPPUNIT_ASSERT_MESSAGE(done ? "" : done.error().text, done.ok());
  }

  std::string recipients() const {
    std::string out;
    for (const auto& s : sent) out += s.to + " ";
    return out;
  }

  ScriptedResolver dns;
  std::unique_ptr<ph::testkit::FakeHost> host;
  std::unique_ptr<ph::Host> face;
  std::unique_ptr<Evaluations> evaluations;
  std::vector<Sent> sent;
  std::string told, record;
  ph::Status postAnswer;
  int number = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ReportSenderTest);

}  // namespace
