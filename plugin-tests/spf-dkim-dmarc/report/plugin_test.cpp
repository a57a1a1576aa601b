// Reports through the built plugin on a fake host: from a message to the queue a day later, and from a mail to the
// table.
#include <cppunit/extensions/HelperMacros.h>

#include "report/write.hpp"
#include "testkit/fake_host.hpp"

namespace {

using ph::json::Value;
using ph::testkit::FakeHost;
using ph::testkit::Mail;
using ph::testkit::Opinion;

class ReportPluginTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ReportPluginTest);
  CPPUNIT_TEST(sendsAfterADay);
  CPPUNIT_TEST(sendsNothingWhenOff);
  CPPUNIT_TEST(recordsOnce);
  CPPUNIT_TEST(receives);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    host = std::make_unique<FakeHost>();
    host->dns.offered = host->dns.atOnce = true;
    host->dns.entries = {{{"_dmarc.example.org", PH_DNS_TXT},
                          {PH_DNS_FOUND, {"v=DMARC1; p=reject; rua=mailto:r@example.org,mailto:s@example.org"}}}};
    host->domains = {"ours.example"};
    host->lists["report_addresses"] = {"Dmarc@ours.example"};
    mail.id = "message1";
    mail.reversePath = "ann@example.org";
    mail.helo = "mail.example.org";
    mail.remoteIp = "192.0.2.1";
    mail.protocol = "ESMTP";
    mail.recipients.push_back({PH_ADDRESS_ACCOUNT, "bob@ours.example", "bob", {}});
  }
  void tearDown() override {
    host->stop();
    CPPUNIT_ASSERT(host->violations.empty() && host->messages == 0 && host->databases.open == 0);
  }

  void sendsAfterADay() {
    start();
    receive("pass");
    host->advance(kDayMs / 2);
    host->runJobs();
    CPPUNIT_ASSERT(host->queue.submitted.empty());
    auto args = Value::object({{"address", "s@Example.org"}, {"comment", "asked us"}});
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, host->cli.call("dmarc suppression add", args).result);
    host->advance(kDayMs);
    host->runJobs();
    CPPUNIT_ASSERT_EQUAL(size_t{1}, host->queue.submitted.size());
    const Mail& sent = host->queue.submitted[0];
    CPPUNIT_ASSERT_EQUAL(std::string("r@example.org"), sent.recipients.at(0).forwardPath);
    CPPUNIT_ASSERT(sent.reversePath.starts_with("postmaster@"));
    CPPUNIT_ASSERT(sent.contents.find("\r\nContent-Type: application/gzip; name=") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::string("0"), host->databases.ask("SELECT count(*) FROM evaluations"));
  }

  void sendsNothingWhenOff() {
    host->switches["send_reports"] = false;
    start();
    receive("pass");
    host->advance(2 * kDayMs);
    host->runJobs();
    CPPUNIT_ASSERT(host->queue.submitted.empty());
  }

  void recordsOnce() {
    start();
    receive("fail");
    ask("dmarc-policy");
    host->runJobs();
    CPPUNIT_ASSERT_EQUAL(std::string("1"), host->databases.ask("SELECT count(*) FROM evaluations"));
    CPPUNIT_ASSERT_EQUAL(std::string("reject"), host->databases.ask("SELECT disposition FROM evaluations"));
    mail.id = "message2";
    host->pipeline.facts["rcpt.rule"] = "forwarded";
    receive("fail");
    CPPUNIT_ASSERT_EQUAL(
        std::string("none forwarded"),
        host->databases.ask("SELECT disposition || ' ' || reason FROM evaluations WHERE key = 'message2'"));
    // No record, no row.
    mail.id = "message3";
    askMessage("dmarc", "From: x@example.net\r\n\r\n");
    ask("dmarc-policy");
    host->runJobs();
    CPPUNIT_ASSERT_EQUAL(std::string("2"), host->databases.ask("SELECT count(*) FROM evaluations"));
  }

  void receives() {
    start();
    ph_mailauth::AggregateReport r;
    r.organisation = "big.example";
    r.email = "x@big.example";
    r.id = "7";
    r.end = 10;
    r.domain = "ours.example";
    r.rows.resize(1);
    r.rows[0].count = 3;
    r.rows[0].disposition = "none";
    const auto text = "Content-Type: text/xml\r\n\r\n" + ph_mailauth::reportXml(r);
    mail.recipients[0].forwardPath = "dmarc@ours.example";
    askMessage("dmarc-reports", text);
    CPPUNIT_ASSERT_MESSAGE("not without DMARC", items().empty());
    host->pipeline.facts["auth.dmarc"] = "pass";
    mail.recipients[0].forwardPath = "bob@ours.example";
    askMessage("dmarc-reports", text);
    CPPUNIT_ASSERT_MESSAGE("not to others", items().empty());
    mail.recipients[0].forwardPath = "DMARC@ours.example";
    askMessage("dmarc-reports", text);
    askMessage("dmarc-reports", text);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, items().size());
    CPPUNIT_ASSERT(items()[0]["organisation"].string() == "big.example" && items()[0]["messages"].integer() == 3);
    r.domain = "others.example";
    askMessage("dmarc-reports", "Content-Type: text/xml\r\n\r\n" + ph_mailauth::reportXml(r));
    CPPUNIT_ASSERT_EQUAL_MESSAGE("only about our domains", size_t{1}, items().size());
  }

 private:
  static constexpr uint32_t kDayMs = 86'400'000;

  void start() { CPPUNIT_ASSERT_MESSAGE(host->problem, host->start(PH_BINARY_DIR "/plugins/spf-dkim-dmarc.so")); }

  // A message of example.org whose SPF says `spf`.
  void receive(const char* spf) {
    host->pipeline.facts["auth.spf"] = spf;
    const auto said = askMessage("dmarc", "From: ann@example.org\r\n\r\nx\r\n");
    for (const auto& [name, value] : said.facts) host->pipeline.facts[name] = value;
    ask("dmarc-policy");
    host->runJobs();
  }
  std::vector<Value> items() { return host->cli.call("dmarc reports").answer["items"].items(); }
  Opinion ask(const char* hook, ph_message* message = nullptr) {
    const auto said = host->pipeline.ask(hook, &host->raw, mail, message);
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, said.status);
    return said;
  }
  Opinion askMessage(const char* hook, const std::string& text) {
    const auto* api = static_cast<const ph_message_api*>(host->raw.get(&host->raw, PH_IF_MESSAGE));
    ph_message* message = nullptr;
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, api->create(&host->raw, 1 << 20, &message));
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, api->write(message, text.data(), text.size()));
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, api->finish(message));
    auto said = ask(hook, message);
    api->release(message);
    return said;
  }

  std::unique_ptr<FakeHost> host;
  Mail mail;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ReportPluginTest);

}  // namespace
