// ARC chains: what makes one by its form, what breaks it, and what seals cover.
#include <cppunit/extensions/HelperMacros.h>

#include "../dkim/keys.hpp"
#include "arc/seal.hpp"
#include "arc/verify.hpp"
#include "dkim/record.hpp"

namespace ph_mailauth::arc {
namespace {

using dkim::Keys;
using dkim::PrivateKey;

const PrivateKey& key() {
  static const PrivateKey k = *PrivateKey::generate(dkim::KeyType::Ed25519);
  return k;
}

constexpr char kMessage[] = "From: ann@a.example\r\nTo: bob@b.example\r\nSubject: Hello\r\n\r\nText\r\n";

class ChainTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(ChainTest);
  CPPUNIT_TEST(seals);
  CPPUNIT_TEST(changes);
  CPPUNIT_TEST(oldestPass);
  CPPUNIT_TEST(broken);
  CPPUNIT_TEST(afterAFailure);
  CPPUNIT_TEST(keys);
  CPPUNIT_TEST(results);
  CPPUNIT_TEST_SUITE_END();

  static std::string sealed(const std::string& message, const std::string& domain, ChainValue status) {
    const Octets octets{std::string_view(message)};
    auto e = dkim::Examination::begin(octets);
    const Sealing sealing(**e);
    CPPUNIT_ASSERT((*e)->readBody().ok());
    const auto fields = sealing.seal({domain, "s", key()}, status, domain + "; dmarc=pass header.from=a.example", 1000);
    return fields ? *fields + message : "!" + fields.error().text;
  }
  static Result verified(const std::string& message, Keys* keys = nullptr) {
    Keys own;
    if (!keys) keys = &own;
    for (const char* d : {"one.example", "two.example", "three.example"})
      own.records["s._domainkey." + std::string(d)] = {dkim::formatRecord(key().type(), key().publicBytes())};
    dkim::KeyCache cache;
    const Octets octets{std::string_view(message)};
    auto e = dkim::Examination::begin(octets);
    Verification v(**e, *keys, cache);
    CPPUNIT_ASSERT((*e)->readBody().ok());
    return v.finish();
  }
  static std::string told(const std::string& message) {
    const auto r = verified(message);
    return std::string(name(r.status)) + (r.reason.empty() ? "" : ": " + r.reason);
  }
  static std::string chain() {
    return sealed(sealed(kMessage, "one.example", ChainValue::None), "two.example", ChainValue::Pass);
  }

  void seals() {
    CPPUNIT_ASSERT_EQUAL(std::string("none"), told(kMessage));
    const auto r = verified(chain());
    CPPUNIT_ASSERT_EQUAL(std::string(), r.reason);
    CPPUNIT_ASSERT(r.status == ChainValue::Pass);
    CPPUNIT_ASSERT(r.sealers == (std::vector<std::string>{"two.example", "one.example"}));
    CPPUNIT_ASSERT_EQUAL(std::string("two.example; dmarc=pass header.from=a.example"), r.results);
    CPPUNIT_ASSERT_EQUAL(0, r.oldestPass);
  }

  void changes() {
    const struct {
      const char *from, *to, *expected;
    } kTable[] = {
        {"Text", "text", "fail: message signature 2: the body has changed"},
        {"Subject: Hello", "Subject: Jello",
         "fail: message signature 2: the header has changed, or the key is another one"},
        {"i=1; one.example; dmarc=pass", "i=1; one.example; dmarc=fail",
         "fail: seal 2: the header has changed, or the key is another one"},
        {"cv=none; d=one.example", "cv=none;d=one.example",
         "fail: seal 2: the header has changed, or the key is another one"},
        {"cv=none", "cv=pass", "fail: the set with i=1 has an impossible cv="},
        {"cv=pass", "cv=none", "fail: the set with i=2 has an impossible cv="},
        {"cv=pass", "cv=fail", "fail: the last sealer found the chain broken"},
        {"cv=pass", "cv=what", "fail: ARC-Seal without cv="},
        {"ARC-Seal: i=2", "ARC-Seal: h=from; i=2", "fail: ARC-Seal with h= or bh="},
        {"ARC-Seal: i=2", "X-Seal: i=2", "fail: the set with i=2 is not complete"},
        {"ARC-Seal: i=2", "ARC-Seal: i=3", "fail: the set with i=2 is not complete"},
        {"ARC-Seal: i=2", "ARC-Seal: i=1", "fail: two fields of one kind with i=1"},
        {"ARC-Seal: i=2", "ARC-Seal: i=0", "fail: an instance that can't be"},
        {"ARC-Seal: i=2", "ARC-Seal: i=51", "fail: an instance that can't be"},
        {"ARC-Authentication-Results: i=2;",
         "ARC-Authentication-Results: ", "fail: ARC-Authentication-Results without i="},
        {"h=From:", "h=ARC-Seal:From:", "fail: ARC-Message-Signature signs fields of ARC"},
        {"From: ann", "X-Other: 1\r\nFrom: ann", "pass"},
    };
    for (const auto& c : kTable) {
      std::string message = chain();
      const size_t at = message.find(c.from);
      CPPUNIT_ASSERT_MESSAGE(c.from, at != std::string::npos);
      message.replace(at, std::string(c.from).size(), c.to);
      CPPUNIT_ASSERT_EQUAL_MESSAGE(c.from, std::string(c.expected), told(message));
    }
  }

  // Who changes a message and seals it: the chain holds from there on.
  void oldestPass() {
    std::string message = sealed(kMessage, "one.example", ChainValue::None);
    message.replace(message.find("Text"), 4, "[list] Text");
    message = sealed(message, "two.example", ChainValue::Pass);
    auto r = verified(message);
    CPPUNIT_ASSERT(r.status == ChainValue::Pass);
    CPPUNIT_ASSERT_EQUAL(2, r.oldestPass);
    r = verified(sealed(message, "three.example", ChainValue::Pass));
    CPPUNIT_ASSERT(r.status == ChainValue::Pass);
    CPPUNIT_ASSERT_EQUAL(2, r.oldestPass);
  }

  void broken() {
    // A gap: the first set is missing.
    const std::string message = chain();
    const std::string two = message.substr(0, message.find("ARC-Seal: i=1"));
    CPPUNIT_ASSERT_EQUAL(std::string("fail: the set with i=1 is not complete"), told(two + kMessage));
    // Fifty sets are a chain, and there is no further one.
    std::string long50 = kMessage;
    for (int i = 0; i < kMaxSets; ++i)
      long50 = sealed(long50, "one.example", i == 0 ? ChainValue::None : ChainValue::Pass);
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), told(long50));
    CPPUNIT_ASSERT_EQUAL(std::string("!the chain is full"), sealed(long50, "two.example", ChainValue::Pass));
  }

  // RFC 8617 5.1.2: who finds it broken says so, and nobody goes on from there.
  void afterAFailure() {
    std::string message = chain();
    message.replace(message.find("Text"), 4, "text");
    CPPUNIT_ASSERT(verified(message).status == ChainValue::Fail);
    const std::string marked = sealed(message, "three.example", ChainValue::Fail);
    CPPUNIT_ASSERT(marked.find("cv=fail") != std::string::npos);
    CPPUNIT_ASSERT_EQUAL(std::string("fail: the last sealer found the chain broken"), told(marked));
    CPPUNIT_ASSERT_EQUAL(std::string("!the chain is broken already"), sealed(marked, "one.example", ChainValue::Fail));
  }

  // Each name once; none for a chain that is broken by its form; a lookup that fails breaks the chain.
  void keys() {
    Keys keys;
    const auto r = verified(sealed(chain(), "two.example", ChainValue::Pass), &keys);
    CPPUNIT_ASSERT(r.status == ChainValue::Fail);
    CPPUNIT_ASSERT_EQUAL(std::string("message signature 3: no key is published"), r.reason);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, keys.asked.size());
    Keys silent;
    silent.otherwise = Keys::Outcome::Temporary;
    CPPUNIT_ASSERT_EQUAL(std::string("message signature 2: the key can't be looked up now"),
                         verified(chain(), &silent).reason);
    Keys unasked;
    std::string message = chain();
    message.replace(message.find("cv=pass"), 7, "cv=none");
    (void)verified(message, &unasked);
    CPPUNIT_ASSERT(unasked.asked.empty());
  }

  void results() {
    const struct {
      const char* text;
      bool passes;
    } kTable[] = {
        {"host; dmarc=pass header.from=a.example", true},
        {"host 1; spf=fail; DMARC = Pass (p=none) header.from=a", true},
        {"host; dmarc=fail header.from=a", false},
        {"host; dmarc=passing", false},
        {"host; spf=pass reason=\"x; dmarc=pass\"", false},
        {"host; spf=pass reason=\"x\\\"; dmarc=pass\"", false},
        {"dmarc=pass", false},
        {"host; none", false},
        {"host; x-dmarc=pass", false},
        {"", false},
        {"host; \"", false},
    };
    for (const auto& c : kTable) CPPUNIT_ASSERT_EQUAL_MESSAGE(c.text, c.passes, saysPass(c.text, "dmarc"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ChainTest);

}  // namespace
}  // namespace ph_mailauth::arc
