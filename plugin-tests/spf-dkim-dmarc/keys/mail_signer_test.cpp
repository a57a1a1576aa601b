// The signer as the host meets it: whose mail is signed, with which tags, and what happens without keys.
#include <cppunit/extensions/HelperMacros.h>

#include "../dkim/keys.hpp"
#include "dkim/verify.hpp"
#include "keys/mail_signer.hpp"
#include "testkit/fake_host.hpp"

namespace ph_mailauth::keys {
namespace {

// Every record is there.
class Everything final : public Resolver {
 public:
  explicit Everything(Keeper& keeper) : keeper_(keeper) {}
  ph::DnsAnswer ask(std::string_view name, ph::DnsType) override {
    ph::DnsAnswer a;
    a.outcome = ph::DnsAnswer::Outcome::NoName;
    const auto all = keeper_.list();
    for (const auto& k : *all) {
      if (k.recordName() != name) continue;
      a.outcome = ph::DnsAnswer::Outcome::Found;
      a.records.push_back({0, 60, k.record, 0, 0});
    }
    return a;
  }

 private:
  Keeper& keeper_;
};

struct House {
  ph::testkit::FakeHost fake;
  ph::Host host{&fake.raw};
  SettingsBox settings;
  MailSigner signer{host, settings};

  explicit House(Settings s = {}) {
    s.dkim.plan.domains = {"a.example"};
    s.dkim.plan.types = {dkim::KeyType::Ed25519};
    settings.set(std::move(s));
  }
  // Until the keys sign.
  void settle() {
    Everything world(signer.keeper());
    int64_t now = host.wallMs() / 1000;
    for (int i = 0; i < 3; ++i, now += 4 * 3600) CPPUNIT_ASSERT(signer.keeper().look(world, signer.plan(), now).ok());
  }
  std::optional<std::string> sign(const std::string& message, const std::string& author) {
    return fake.signers.sign(fake, "dkim", message, author, "ann");
  }
  std::string told(const std::string& message, int64_t now = 0) {
    dkim::Keys keys;
    const auto all = signer.keeper().list();
    for (const auto& k : *all) keys.records[k.recordName()] = {k.record};
    dkim::KeyCache cache;
    dkim::VerifyPolicy policy;
    policy.now = now;
    const auto results = dkim::verify(Octets(message), keys, cache, policy);
    std::string out;
    for (const auto& r : *results) out += std::string(name(r.status)) + " " + r.identity + ";";
    return out;
  }
};

std::string message(const std::string& author) {
  return "From: " + author + "\r\nSubject: x\r\n\r\nbody\r\n";
}

class MailSignerTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(MailSignerTest);
  CPPUNIT_TEST(whoseMail);
  CPPUNIT_TEST(tags);
  CPPUNIT_TEST(largeMessages);
  CPPUNIT_TEST(withoutKeys);
  CPPUNIT_TEST(records);
  CPPUNIT_TEST(absentInterfaces);
  CPPUNIT_TEST_SUITE_END();

  void whoseMail() {
    House h;
    CPPUNIT_ASSERT(h.signer.start().ok());
    CPPUNIT_ASSERT_EQUAL(std::string(), *h.sign(message("ann@a.example"), "ann@a.example"));
    h.settle();
    const struct {
      const char *author, *expected;
    } kTable[] = {
        {"ann@a.example", "pass @a.example;"},
        {"ann@sub.a.example", "pass @a.example;"},
        {"ann@b.example", ""},
        {"ann@xa.example", ""},
    };
    for (const auto& c : kTable) {
      const auto fields = h.sign(message(c.author), c.author);
      CPPUNIT_ASSERT_MESSAGE(c.author, fields.has_value());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.author, std::string(c.expected), h.told(*fields + message(c.author)));
    }
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_SIGNER_OPEN}, h.fake.signers.offers.at("dkim").policy);
  }

  void tags() {
    Settings s;
    s.dkim.signIdentity = true;
    s.dkim.signLifetime = 100;
    s.dkim.failTemporarily = true;
    House h(std::move(s));
    CPPUNIT_ASSERT(h.signer.start().ok());
    h.settle();
    const auto fields = h.sign(message("ann@sub.a.example"), "ann@sub.a.example");
    const int64_t now = h.host.wallMs() / 1000;
    CPPUNIT_ASSERT_EQUAL(std::string("pass ann@sub.a.example;"),
                         h.told(*fields + message("ann@sub.a.example"), now + 100));
    CPPUNIT_ASSERT_EQUAL(std::string("permerror ann@sub.a.example;"),
                         h.told(*fields + message("ann@sub.a.example"), now + 101));
    CPPUNIT_ASSERT_EQUAL(int32_t{PH_SIGNER_TEMPFAIL}, h.fake.signers.offers.at("dkim").policy);
  }

  // Nothing of them is lent: they are read piece by piece.
  void largeMessages() {
    House h;
    CPPUNIT_ASSERT(h.signer.start().ok());
    h.settle();
    std::string text = message("ann@a.example");
    while (text.size() < 3'000'000) text += "a line with two  blanks \r\n\r\n";
    const auto fields = h.sign(text, "ann@a.example");
    CPPUNIT_ASSERT_EQUAL(std::string("pass @a.example;"), h.told(*fields + text));
    const std::string longHeader = "From: ann@a.example\r\nX-Long: " + std::string(100'000, 'x') + "\r\n\r\nbody\r\n";
    CPPUNIT_ASSERT_EQUAL(std::string("pass @a.example;"), h.told(*h.sign(longHeader, "ann@a.example") + longHeader));
  }

  void withoutKeys() {
    House h;
    h.fake.databases.fails = PH_E_TEMPORARY;
    CPPUNIT_ASSERT(h.signer.start().ok());
    CPPUNIT_ASSERT(!h.sign(message("ann@a.example"), "ann@a.example").has_value());
    CPPUNIT_ASSERT(!h.sign(message("ann@sub.a.example"), "ann@sub.a.example").has_value());
    CPPUNIT_ASSERT_EQUAL(std::string(), *h.sign(message("ann@b.example"), "ann@b.example"));
    CPPUNIT_ASSERT(!h.signer.renew("a.example").ok());
    CPPUNIT_ASSERT(!h.signer.keeper().list().ok());
  }

  void records() {
    House h;
    CPPUNIT_ASSERT(h.signer.start().ok());
    CPPUNIT_ASSERT(h.signer.renew("a.example").ok());
    auto all = *h.signer.keeper().list();
    CPPUNIT_ASSERT_EQUAL(size_t{1}, all.size());
    const auto records = recordsOf("a.example", all);
    CPPUNIT_ASSERT_EQUAL(all[0].selector + "._domainkey.a.example.", records.at(0).name);
    CPPUNIT_ASSERT_EQUAL(all[0].record, records.at(0).value);
    CPPUNIT_ASSERT(recordsOf("b.example", all).empty());
    all[0].state = State::Retired;
    CPPUNIT_ASSERT(recordsOf("a.example", all).empty());
  }

  // A host that asks no signers, or keeps no secrets: nothing is offered, and all else works.
  void absentInterfaces() {
    ph::testkit::FakeHost fake;
    fake.withheld = {PH_IF_SIGNER};
    const ph::Host host(&fake.raw);
    SettingsBox settings;
    settings.set(Settings());
    MailSigner signer(host, settings);
    CPPUNIT_ASSERT(signer.start().ok());
    CPPUNIT_ASSERT(fake.signers.offers.empty());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MailSignerTest);

}  // namespace
}  // namespace ph_mailauth::keys
