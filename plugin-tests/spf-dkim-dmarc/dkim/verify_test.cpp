// What we sign verifies, whatever the message; and what keys, times and policies say about signatures.
#include <cppunit/extensions/HelperMacros.h>

#include "dkim/sign.hpp"
#include "dkim/verify.hpp"
#include "keys.hpp"

namespace ph_mailauth::dkim {
namespace {

const PrivateKey& rsa() {
  static const PrivateKey key = *PrivateKey::generate(KeyType::Rsa);
  return key;
}
const PrivateKey& ed25519() {
  static const PrivateKey key = *PrivateKey::generate(KeyType::Ed25519);
  return key;
}
std::string record(const PrivateKey& key) {
  return formatRecord(key.type(), key.publicBytes());
}

constexpr char kMessage[] = "From: ann@example.org\r\nTo: bob@example.net\r\nSubject: Hello\r\n\r\nText\r\n";

class VerifyTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(VerifyTest);
  CPPUNIT_TEST(whatWeSign);
  CPPUNIT_TEST(field);
  CPPUNIT_TEST(sealed);
  CPPUNIT_TEST(keys);
  CPPUNIT_TEST(policies);
  CPPUNIT_TEST(lengths);
  CPPUNIT_TEST(many);
  CPPUNIT_TEST(questions);
  CPPUNIT_TEST(cache);
  CPPUNIT_TEST_SUITE_END();

  static std::string signedMessage(const std::string& message, const PrivateKey& key, const SignOptions& options = {}) {
    const auto fields = sign(Octets(message), {{"example.org", "sel", key}}, options);
    CPPUNIT_ASSERT_MESSAGE(fields.ok() ? "" : fields.error().text, fields.ok());
    return *fields + message;
  }
  static std::string told(const std::string& message, Keys& keys, const VerifyPolicy& policy = {}) {
    KeyCache cache;
    const auto results = verify(Octets(message), keys, cache, policy);
    CPPUNIT_ASSERT(results.ok());
    std::string out;
    for (const auto& r : *results) {
      out += std::string(out.empty() ? "" : ", ") + std::string(name(r.status));
      if (!r.reason.empty()) out += ": " + r.reason;
    }
    return out;
  }
  static std::string told(const std::string& message, const std::vector<std::string>& records,
                          const VerifyPolicy& policy = {}) {
    Keys keys;
    keys.records["sel._domainkey.example.org"] = records;
    return told(message, keys, policy);
  }

  void whatWeSign() {
    const std::string from = "From: ann@example.org\r\n";
    const std::string messages[] = {
        kMessage,
        from,                         // no body, no empty line
        from + "\r\n",                // empty body
        from + "\r\n\r\n\r\n",        // empty lines alone
        from + "\r\nno line end",     //
        from + "\r\n \t \r\n\t\r\n",  // blanks alone
        from + "\r\n" + std::string(100'000, 'x'),
        from + "\r\n" + std::string(1000, '\n'),
        from + "\r\nbare\rand\nlf\n\r\r\n",
        from + "\r\n8 bit \xc3\xbc\xff\r\n",
        "Subject: \xc3\xbc\r\n" + from + "To:\r\n\t\r\n a@b\r\nX-Empty:\r\n\r\nbody",
        "fRoM :  ann@example.org\r\nSubject:" + std::string(2000, ' ') + "x\r\n\r\nbody",
        "Received: a\r\nReceived: b\r\nComments: " + std::string(20'000, 'y') + "\r\n" + from + "\r\nbody",
        "From: ann@example.org\nSubject: bare line ends\n\nbody\n",
        "junk line\r\n" + from + "\r\nbody\r\n",
    };
    for (const auto& message : messages) {
      for (const auto* key : {&rsa(), &ed25519()}) {
        for (const auto header : {Canon::Simple, Canon::Relaxed}) {
          for (const auto body : {Canon::Simple, Canon::Relaxed}) {
            SignOptions o;
            o.headerCanon = header;
            o.bodyCanon = body;
            const std::string text = signedMessage(message, *key, o);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text.substr(0, 2000), std::string("pass"), told(text, {record(*key)}));
          }
        }
      }
    }
  }

  void field() {
    SignOptions o;
    o.identity = "a;b=\xc3\xbc@sub.example.org";
    o.timestamp = 1'700'000'000;
    o.lifetime = 86'400;
    const std::string text = signedMessage(kMessage, rsa(), o);
    const ph::header::Block block(text);
    const auto s = parseSignature(block.find("DKIM-Signature")->value);
    CPPUNIT_ASSERT(s.ok());
    CPPUNIT_ASSERT_EQUAL(*o.identity, s->identity);
    CPPUNIT_ASSERT(s->timestamp == 1'700'000'000 && s->expiry == 1'700'086'400);
    CPPUNIT_ASSERT(!s->length);
    size_t start = 0;
    const std::string own = text.substr(0, text.find("\r\nFrom:") + 2);
    for (size_t end = own.find("\r\n"); end != std::string::npos; start = end + 2, end = own.find("\r\n", start))
      CPPUNIT_ASSERT_MESSAGE(own, end - start <= 78);
    CPPUNIT_ASSERT_EQUAL(own.size(), start);
    VerifyPolicy p;
    p.now = 1'700'086'400;
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), told(text, {record(rsa())}, p));
    ++p.now;
    CPPUNIT_ASSERT_EQUAL(std::string("permerror: the signature has expired"), told(text, {record(rsa())}, p));
  }

  // Nothing can be added of what is sealed; of the rest nothing that was there.
  void sealed() {
    const std::string text = signedMessage("List-Id: <x>\r\n" + std::string(kMessage), rsa());
    const auto with = [&](const char* added) { return told(added + text, {record(rsa())}); };
    const std::string changed = "fail: the header has changed, or the key is another one";
    CPPUNIT_ASSERT_EQUAL(changed, with("Subject: another\r\n"));
    CPPUNIT_ASSERT_EQUAL(changed, with("Cc: eve@example.com\r\n"));
    CPPUNIT_ASSERT_EQUAL(changed, with("Content-Type: text/html\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), with("List-Id: <y>\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), with("Received: from somewhere\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("permerror: not exactly one From field"), with("From: eve@example.com\r\n"));
    CPPUNIT_ASSERT(!sign(Octets("Subject: no author\r\n\r\n"), {{"example.org", "s", rsa()}}, {}).ok());
  }

  void keys() {
    const std::string text = signedMessage(kMessage, rsa()), good = record(rsa());
    const std::string p = good.substr(good.find("p="));
    const std::string other = record(*PrivateKey::generate(KeyType::Rsa, 1024));
    const struct {
      std::vector<std::string> records;
      const char* expected;
    } kTable[] = {
        {{good}, "pass"},
        {{p}, "pass"},
        {{"v=spf1 -all", good}, "pass"},
        {{good, good}, "pass"},
        {{good, other}, "permerror: several keys are published"},
        {{other}, "fail: the header has changed, or the key is another one"},
        {{}, "permerror: no key is published"},
        {{"nothing"}, "permerror: bad key record: a tag without a value"},
        {{"v=DKIM1; p="}, "permerror: the key was revoked"},
        {{"v=DKIM1; p=YWJj"}, "permerror: bad key record: p= is no rsa key"},
        {{"k=ed25519; p=YWJj"}, "permerror: bad key record: p= is no ed25519 key"},
        {{record(ed25519())}, "permerror: the key is for another algorithm"},
        {{"h=sha1; " + p}, "permerror: the key is not for this hash"},
        {{"s=other; " + p}, "permerror: the key is not for mail"},
        {{"t=s; " + p}, "pass"},
        {{"t=y; " + p}, "pass"},
        {{record(*PrivateKey::generate(KeyType::Rsa, 768))}, "policy: the key is too short"},
        {{record(*PrivateKey::generate(KeyType::Rsa, 4104))}, "policy: the key is too long"},
    };
    for (const auto& c : kTable) {
      const std::string what = c.records.empty() ? "" : c.records[0];
      CPPUNIT_ASSERT_EQUAL_MESSAGE(what, std::string(c.expected), told(text, c.records));
    }
    Keys none;
    CPPUNIT_ASSERT_EQUAL(std::string("permerror: no key is published"), told(text, none));
    Keys silent;
    silent.otherwise = Keys::Outcome::Temporary;
    CPPUNIT_ASSERT_EQUAL(std::string("temperror: the key can't be looked up now"), told(text, silent));
    // RFC 6376 3.6.1: i= below d= is refused by t=s; a failure in test mode counts for nothing.
    SignOptions o;
    o.identity = "@sub.example.org";
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), told(signedMessage(kMessage, rsa(), o), {good}));
    CPPUNIT_ASSERT_EQUAL(std::string("permerror: the key is for d= alone, and i= is below"),
                         told(signedMessage(kMessage, rsa(), o), {"t=s; " + p}));
    CPPUNIT_ASSERT_EQUAL(std::string("neutral: the body has changed (test mode)"), told(text + "x", {"t=y; " + p}));
  }

  void policies() {
    const std::string text = signedMessage(kMessage, rsa());
    VerifyPolicy p;
    p.isPublicSuffix = [](const std::string& d) { return d == "example.org"; };
    CPPUNIT_ASSERT_EQUAL(std::string("permerror: d= is a public suffix"), told(text, {record(rsa())}, p));
    SignOptions o;
    o.headers = {"To"};
    o.sealed = {};
    CPPUNIT_ASSERT_EQUAL(std::string("permerror: From is not signed"),
                         told(signedMessage(kMessage, rsa(), o), {record(rsa())}));
    CPPUNIT_ASSERT_EQUAL(std::string(), told(kMessage, std::vector<std::string>{}));
  }

  void lengths() {
    SignOptions o;
    o.length = 4;
    const std::string text = signedMessage(kMessage, rsa(), o), changed = text + "more";
    VerifyPolicy strict;
    strict.partialBody = false;
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), told(changed, {record(rsa())}));
    CPPUNIT_ASSERT_EQUAL(std::string("policy: a part of the body is not signed"),
                         told(changed, {record(rsa())}, strict));
    o.length = 6;
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), told(signedMessage(kMessage, rsa(), o), {record(rsa())}, strict));
    o.length = 7;
    CPPUNIT_ASSERT_EQUAL(std::string("fail: the body is shorter than what was signed"),
                         told(signedMessage(kMessage, rsa(), o), {record(rsa())}));
  }

  void many() {
    std::string text = kMessage;
    for (int i = 0; i < 3; ++i) text = signedMessage(text, ed25519());
    VerifyPolicy p;
    p.maxSignatures = 2;
    CPPUNIT_ASSERT_EQUAL(std::string("pass, pass, neutral: not looked at: too many signatures"),
                         told(text, {record(ed25519())}, p));
  }

  // Each key once, and only those that can decide something.
  void questions() {
    std::string text = signedMessage(signedMessage(kMessage, rsa()), rsa());
    text =
        "DKIM-Signature: v=1; a=rsa-sha1; d=a.example; s=x; h=from; bh=YQ==; b=YQ==\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=x; h=to; bh=YQ==; b=YQ==\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256; d=c.example; s=x; h=from; bh=YQ==; b=YQ==\r\n" +
        text;
    Keys keys;
    keys.records["sel._domainkey.example.org"] = {record(rsa())};
    CPPUNIT_ASSERT_EQUAL(std::string("policy: rsa-sha1 is too weak, permerror: From is not signed, "
                                     "permerror: no key is published, pass, pass"),
                         told(text, keys));
    CPPUNIT_ASSERT(keys.asked == (std::vector<std::string>{"x._domainkey.c.example", "sel._domainkey.example.org"}));
  }

  void cache() {
    KeyCache cache(2);
    const std::string a = record(rsa()), b = record(ed25519());
    const auto first = cache.find(a);
    CPPUNIT_ASSERT(first == cache.find(std::string(a)));
    (void)cache.find(b);
    (void)cache.find("nothing");
    CPPUNIT_ASSERT(first != cache.find(a));
    CPPUNIT_ASSERT(!cache.find("nothing")->error.empty());
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(VerifyTest);

}  // namespace
}  // namespace ph_mailauth::dkim
