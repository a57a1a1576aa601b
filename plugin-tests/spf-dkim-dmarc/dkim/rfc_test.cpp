// What RFCs print verifies, and what is changed in it does not.
#include <cppunit/extensions/HelperMacros.h>

#include "dkim/sign.hpp"
#include "dkim/tag_list.hpp"
#include "dkim/verify.hpp"
#include "keys.hpp"
#include "rfc_messages.hpp"

namespace ph_mailauth::dkim {
namespace {

class RfcTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(RfcTest);
  CPPUNIT_TEST(rfc6376);
  CPPUNIT_TEST(rfc8463);
  CPPUNIT_TEST(rfc8463SignedAgain);
  CPPUNIT_TEST(changed);
  CPPUNIT_TEST_SUITE_END();

  static std::vector<DkimResult> results(const std::string& message) {
    Keys keys;
    keys.records["brisbane._domainkey.example.com"] = {kKey6376};
    keys.records["brisbane._domainkey.football.example.com"] = {kEd25519Key8463};
    keys.records["test._domainkey.football.example.com"] = {kRsaKey8463};
    KeyCache cache;
    const auto r = verify(Octets(message), keys, cache, {});
    CPPUNIT_ASSERT(r.ok());
    return *r;
  }
  static std::string statuses(const std::string& message) {
    std::string out;
    for (const auto& r : results(message)) {
      out += std::string(out.empty() ? "" : " ") + std::string(name(r.status));
      if (!r.reason.empty()) out += " (" + r.reason + ")";
    }
    return out;
  }

  void rfc6376() {
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), statuses(kMessage6376));
    const auto r = results(kMessage6376)[0];
    CPPUNIT_ASSERT_EQUAL(std::string("example.com"), r.domain);
    CPPUNIT_ASSERT_EQUAL(std::string("brisbane"), r.selector);
    CPPUNIT_ASSERT_EQUAL(std::string("joe@football.example.com"), r.identity);
    CPPUNIT_ASSERT_EQUAL(std::string("rsa-sha256"), r.algorithm);
    CPPUNIT_ASSERT_EQUAL(std::string("AuUoFEfD"), r.signature);
    CPPUNIT_ASSERT_EQUAL(1024U, r.keyBits);
  }

  void rfc8463() { CPPUNIT_ASSERT_EQUAL(std::string("pass pass"), statuses(kMessage8463)); }

  // Both algorithms are deterministic: with the RFC's keys and tags the RFC's signatures come out.
  void rfc8463SignedAgain() {
    const std::string message = kMessage8463;
    const Octets octets{std::string_view(message)};
    auto examination = Examination::begin(octets);
    CPPUNIT_ASSERT(examination.ok());
    auto& e = **examination;
    for (const auto* field : e.fields().block().all("DKIM-Signature")) {
      const auto s = parseSignature(field->value);
      std::string data;
      e.fields().append(s->headerCanon, s->headers, data);
      appendUnsigned(s->headerCanon, e.fields().raw(*field), data);
      const auto key = s->algorithm == Algorithm::Ed25519Sha256 ? PrivateKey::fromSeed(*decodeBase64(kEd25519Seed8463))
                                                                : PrivateKey::fromPem(kRsaPem8463);
      CPPUNIT_ASSERT(key.ok());
      CPPUNIT_ASSERT(s->signature == *key->sign(data));
      const char* published = s->algorithm == Algorithm::Ed25519Sha256 ? kEd25519Key8463 : kRsaKey8463;
      CPPUNIT_ASSERT_EQUAL(std::string(published), formatRecord(key->type(), key->publicBytes()));
    }
  }

  void changed() {
    const std::string original = kMessage8463;
    const struct {
      const char *from, *to, *expected;
    } kTable[] = {
        {"hungry", "Hungry", "fail (the body has changed) fail (the body has changed)"},
        {"Are you hungry yet?", "Are  you\thungry yet?  ", "pass pass"},
        {"Joe.\r\n", "Joe.\r\n\r\n\r\n", "pass pass"},
        {"Joe.\r\n", "Joe.", "pass pass"},
        {"Subject: Is dinner", "subject:\r\n   Is\t dinner", "pass pass"},
        {"Is dinner ready", "Is lunch ready",
         "fail (the header has changed, or the key is another one) "
         "fail (the header has changed, or the key is another one)"},
        {"To: Suzie", "Subject: added\r\nTo: Suzie",
         "fail (the header has changed, or the key is another one) "
         "fail (the header has changed, or the key is another one)"},
        {"To: Suzie", "X-Other: added\r\nTo: Suzie", "pass pass"},
        {"From: Joe", "From: eve@example.net\r\nFrom: Joe",
         "permerror (not exactly one From field) permerror (not exactly one From field)"},
        {"b=/gCrinpc", "b=/gDrinpc", "fail (the header has changed, or the key is another one) pass"},
        {"s=test;", "s=other;", "pass permerror (no key is published)"},
        {"a=ed25519-sha256", "a=rsa-sha256", "permerror (the key is for another algorithm) pass"},
        {"a=rsa-sha256", "a=rsa-sha1", "pass policy (rsa-sha1 is too weak)"},
        {"a=rsa-sha256", "a=rsa-md5", "pass permerror (unknown algorithm)"},
    };
    for (const auto& c : kTable) {
      std::string message = original;
      const size_t at = message.find(c.from);
      CPPUNIT_ASSERT(at != std::string::npos);
      message.replace(at, std::string(c.from).size(), c.to);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.from, std::string(c.expected), statuses(message));
    }
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RfcTest);

}  // namespace
}  // namespace ph_mailauth::dkim
