// The built plugin on a fake host: facts, fields and verdicts of its hooks.
#include <cppunit/extensions/HelperMacros.h>

#include "testkit/fake_host.hpp"

namespace {

using ph::testkit::FakeHost;
using ph::testkit::Mail;
using ph::testkit::Opinion;

class AuthHooksTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(AuthHooksTest);
  CPPUNIT_TEST(clients);
  CPPUNIT_TEST(whoIsNotChecked);
  CPPUNIT_TEST(policies);
  CPPUNIT_TEST(messages);
  CPPUNIT_TEST(verdicts);
  CPPUNIT_TEST(greedyRecords);
  CPPUNIT_TEST(lists);
  CPPUNIT_TEST(settings);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override {
    host = std::make_unique<FakeHost>();
    host->dns.offered = host->dns.atOnce = true;
    host->switches["dmarc_enforce"] = true;
    host->lists["exempt_networks"] = {"198.51.100.0/24"};
    host->dns.entries = {{{"example.org", PH_DNS_TXT}, {PH_DNS_FOUND, {"v=spf1 ip4:192.0.2.1 -all"}}},
                         {{"mail.example.org", PH_DNS_TXT}, {PH_DNS_FOUND, {"v=spf1 a -all"}}},
                         {{"mail.example.org", PH_DNS_A}, {PH_DNS_FOUND, {"192.0.2.1"}}},
                         {{"1.2.0.192.in-addr.arpa", PH_DNS_PTR}, {PH_DNS_FOUND, {"mail.example.org"}}},
                         {{"_dmarc.example.org", PH_DNS_TXT}, {PH_DNS_FOUND, {"v=DMARC1; p=reject"}}}};
    CPPUNIT_ASSERT_MESSAGE(host->problem, host->start(PH_BINARY_DIR "/plugins/spf-dkim-dmarc.so"));
    mail.reversePath = "ann@example.org";
    mail.helo = "mail.example.org";
    mail.remoteIp = "192.0.2.1";
    mail.protocol = "ESMTPS";
    mail.recipients.push_back({});
  }
  void tearDown() override {
    host->stop();
    CPPUNIT_ASSERT(host->violations.empty());
  }

  void clients() {
    auto said = ask("spf");
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), said.facts["auth.spf"]);
    CPPUNIT_ASSERT_EQUAL(std::string("spf=pass smtp.mailfrom=ann@example.org"), said.authResults.at(0));
    CPPUNIT_ASSERT_EQUAL(std::string("Received-SPF"), said.headers.at(0).first);
    CPPUNIT_ASSERT(said.headers[0].second.starts_with("pass (192.0.2.1 may send for example.org) receiver="));
    said = ask("spf-helo");
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), said.facts["auth.spf.helo"]);
    CPPUNIT_ASSERT_EQUAL(std::string("spf=pass smtp.helo=mail.example.org"), said.authResults.at(0));
    said = ask("iprev");
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), said.facts["auth.iprev"]);
    CPPUNIT_ASSERT_EQUAL(std::string("iprev=pass policy.iprev=192.0.2.1 (mail.example.org)"), said.authResults.at(0));

    mail.reversePath = "";
    said = ask("spf");
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), said.facts["auth.spf"]);
    CPPUNIT_ASSERT_MESSAGE("one entry for one identity", said.authResults.empty());

    mail.reversePath = "ann@example.org";
    mail.remoteIp = "::ffff:192.0.2.2";
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), ask("spf").facts["auth.spf"]);
    host->dns.entries[{"example.org", PH_DNS_TXT}] = {PH_DNS_TEMPORARY, {}};
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), ask("spf").facts["auth.spf"]);
  }

  void whoIsNotChecked() {
    const auto silent = [&](const char* why) {
      for (const char* hook : {"spf", "spf-helo", "iprev"}) {
        const auto said = ask(hook);
        CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, said.status);
        CPPUNIT_ASSERT_MESSAGE(why, said.facts.empty() && said.headers.empty() && said.authResults.empty());
      }
      CPPUNIT_ASSERT_MESSAGE(why, askMessage("From: x@example.org\r\n\r\n").facts.empty() && host->dns.asked.empty());
    };
    mail.submission = true;
    silent("our own users");
    mail.submission = false;
    mail.protocol = "LMTPS";
    silent("LMTP");
    mail.protocol = "ESMTP";
    mail.remoteIp = "198.51.100.9";
    silent("exempt networks");
  }

  // A check that fails must not stop mail.
  void policies() {
    for (const auto& hook : host->pipeline.hooks) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(hook.name, int32_t{PH_POLICY_OPEN}, hook.policy);
    }
  }

  void messages() {
    host->pipeline.facts = {{"auth.spf", "pass"}};
    auto said = askMessage("From: Ann <ann@example.org>\r\n\r\nx\r\n");
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), said.facts["auth.dmarc"]);
    CPPUNIT_ASSERT_EQUAL(std::string("example.org"), said.facts["auth.dmarc.domain"]);
    CPPUNIT_ASSERT_EQUAL(std::string("none"), said.facts["auth.dmarc.policy"]);
    mail.reversePath = "x@example.net";
    said = askMessage("From: Ann <ann@example.org>\r\n\r\nx\r\n");
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), said.facts["auth.dmarc"]);
    CPPUNIT_ASSERT_EQUAL(std::string("reject"), said.facts["auth.dmarc.policy"]);
    host->pipeline.facts["auth.dkim"] = "fail:example.com pass:mail.example.org";
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), askMessage("From: ann@example.org\r\n\r\n").facts["auth.dmarc"]);
    CPPUNIT_ASSERT_EQUAL(std::string("none"), askMessage("From: ann@example.net\r\n\r\n").facts["auth.dmarc"]);
    CPPUNIT_ASSERT_EQUAL(std::string("none"), askMessage("Subject: nobody\r\n\r\n").facts["auth.dmarc"]);
  }

  void verdicts() {
    auto& facts = host->pipeline.facts;
    CPPUNIT_ASSERT(ask("dmarc-policy").authResults.empty());
    facts = {{"auth.dmarc", "fail"}, {"auth.dmarc.domain", "example.org"}, {"auth.dmarc.policy", "reject"}};
    auto said = ask("dmarc-policy");
    CPPUNIT_ASSERT(said.verdict == PH_VERDICT_REJECT && said.code == 550 && said.enhanced == "5.7.26");
    CPPUNIT_ASSERT_EQUAL(std::string("dmarc=fail (p=reject) header.from=example.org"), said.authResults.at(0));
    facts["auth.dmarc.policy"] = "quarantine";
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_VERDICT_REJECT}, ask("dmarc-policy").verdict);
    facts["rcpt.rule"] = "forwarded";
    said = ask("dmarc-policy");
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_VERDICT_CONTINUE}, said.verdict);
    CPPUNIT_ASSERT_EQUAL(std::string("dmarc=fail (p=quarantine override=forwarded) header.from=example.org"),
                         said.authResults.at(0));
    facts.erase("rcpt.rule");
    facts["auth.override"] = "local_policy arc=pass";
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_VERDICT_CONTINUE}, ask("dmarc-policy").verdict);
    facts.erase("auth.override");
    facts["auth.dmarc.policy"] = "none";
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_VERDICT_CONTINUE}, ask("dmarc-policy").verdict);
    facts["auth.dmarc.policy"] = "reject";
    host->switches["dmarc_enforce"] = false;
    CPPUNIT_ASSERT(host->reconfigure());
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_VERDICT_CONTINUE}, ask("dmarc-policy").verdict);
  }

  // A client's own records can't use up the questions that the checks of its message need.
  void greedyRecords() {
    std::string record = "v=spf1";
    for (int i = 0; i < 10; ++i) {
      const std::string domain = "d" + std::to_string(i) + ".example";
      record += " mx:" + domain;
      auto& mx = host->dns.entries[{domain, PH_DNS_MX}];
      for (int k = 0; k < 10; ++k) {
        mx.values.push_back("10 h" + std::to_string(k) + "." + domain);
        host->dns.entries[{"h" + std::to_string(k) + "." + domain, PH_DNS_A}] = {PH_DNS_FOUND, {"203.0.113.1"}};
      }
    }
    host->dns.entries[{"example.org", PH_DNS_TXT}] = {PH_DNS_FOUND, {record + " -all"}};
    mail.helo = "example.org";
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), ask("spf").facts["auth.spf"]);
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), ask("spf-helo").facts["auth.spf.helo"]);
    CPPUNIT_ASSERT_EQUAL(size_t{140}, host->dns.asked.size());
  }

  void lists() {
    CPPUNIT_ASSERT(ask("dnsbl").facts.empty());
    host->lists["dnsbl"] = {"Bad.example"};
    host->lists["dnswl"] = {"good.example"};
    CPPUNIT_ASSERT(host->reconfigure());
    for (const char* zone : {"bad.example", "good.example"}) {
      host->dns.entries[{std::string("2.0.0.127.") + zone, PH_DNS_A}] = {PH_DNS_FOUND, {"127.0.0.2"}};
    }
    host->dns.entries[{"1.2.0.192.good.example", PH_DNS_A}] = {PH_DNS_FOUND, {"127.0.10.1"}};
    auto said = ask("dnsbl");
    CPPUNIT_ASSERT(said.facts.at("auth.dnsbl").empty());
    CPPUNIT_ASSERT_EQUAL(std::string("good.example=127.0.10.1"), said.facts["auth.dnswl"]);
    CPPUNIT_ASSERT_EQUAL(std::string("dnswl=pass dns.zone=good.example policy.ip=127.0.10.1"), said.authResults.at(0));
    host->lists["dnsbl"] = {"a..b"};
    CPPUNIT_ASSERT(!host->reconfigure());
  }

  void settings() {
    host->lists["exempt_networks"] = {"192.0.2.0/33"};
    CPPUNIT_ASSERT(!host->reconfigure() && host->problem.find("'192.0.2.0/33' is no network") != std::string::npos);
    host->lists["exempt_networks"] = {};
    host->numbers["dns_timeout"] = 500;
    CPPUNIT_ASSERT(!host->reconfigure());
    host->numbers["dns_timeout"] = 5000;
    CPPUNIT_ASSERT(host->reconfigure());
  }

 private:
  Opinion ask(const char* hook) { return host->pipeline.ask(hook, &host->raw, mail); }

  Opinion askMessage(const std::string& text) {
    const auto* api = static_cast<const ph_message_api*>(host->raw.get(&host->raw, PH_IF_MESSAGE));
    ph_message* message = nullptr;
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, api->create(&host->raw, 1 << 20, &message));
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, api->write(message, text.data(), text.size()));
    CPPUNIT_ASSERT_EQUAL(ph_status{PH_OK}, api->finish(message));
    const auto said = host->pipeline.ask("dmarc", &host->raw, mail, message);
    api->release(message);
    CPPUNIT_ASSERT_EQUAL(0, host->messages);
    return said;
  }

  std::unique_ptr<FakeHost> host;
  Mail mail;
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuthHooksTest);

}  // namespace
