// What signature fields and key records may say.
#include <cppunit/extensions/HelperMacros.h>

#include "dkim/record.hpp"
#include "dkim/signature.hpp"

namespace ph_mailauth::dkim {
namespace {

constexpr char kGood[] = "v=1; a=rsa-sha256; d=example.org; s=sel; h=from:to; bh=YQ==; b=Yg==";

class SyntaxTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(SyntaxTest);
  CPPUNIT_TEST(tagLists);
  CPPUNIT_TEST(signature);
  CPPUNIT_TEST(signatures);
  CPPUNIT_TEST(records);
  CPPUNIT_TEST_SUITE_END();

  void tagLists() {
    for (const char* good : {"a=1", "a=1;", " a = 1 ; b=2 ;\r\n ", "a=", "a=b=c", "a1_=x y", "a=\xc3\xbc"})
      CPPUNIT_ASSERT_MESSAGE(good, TagList::parse(good).ok());
    for (const char* bad :
         {"", " ", ";", "a", "a=1;;b=2", "a=1;a=2", "=1", "1a=1", "a-b=1", "a=\x01", "a=\x7f", "a b=1"})
      CPPUNIT_ASSERT_MESSAGE(bad, !TagList::parse(bad).ok());
    const auto tags = TagList::parse("a = 1\r\n 2 ;b=");
    CPPUNIT_ASSERT_EQUAL(std::string("1\r\n 2"), std::string(tags->value("a")));
    CPPUNIT_ASSERT(tags->find("b") && tags->value("b").empty());
    CPPUNIT_ASSERT(!tags->find("A"));  // case counts
  }

  void signature() {
    const auto s = parseSignature(
        " v=1; a=ed25519-sha256; c=relaxed; d=B\xc3\xbc"
        "cher.example; s=S_1.x; i=a=3Bb@sub.xn--bcher-kva.example; t=1; x=2;\r\n\tl=0010; q=other:dns/txt; h=From : to;"
        " bh=Y\r\n Q==; b=Y g ==; zz=unknown");
    CPPUNIT_ASSERT(s.ok());
    CPPUNIT_ASSERT(s->algorithm == Algorithm::Ed25519Sha256);
    CPPUNIT_ASSERT(s->headerCanon == Canon::Relaxed && s->bodyCanon == Canon::Simple);
    CPPUNIT_ASSERT_EQUAL(std::string("s_1.x._domainkey.xn--bcher-kva.example"), s->keyName());
    CPPUNIT_ASSERT_EQUAL(std::string("a;b@sub.xn--bcher-kva.example"), s->identity);
    CPPUNIT_ASSERT_EQUAL(std::string("sub.xn--bcher-kva.example"), s->identityDomain);
    CPPUNIT_ASSERT(s->headers == (std::vector<std::string>{"From", "to"}));
    CPPUNIT_ASSERT_EQUAL(std::string("a"), s->bodyHash);
    CPPUNIT_ASSERT_EQUAL(std::string("b"), s->signature);
    CPPUNIT_ASSERT_EQUAL(std::string("Yg=="), s->signatureText);
    CPPUNIT_ASSERT_EQUAL(uint64_t{10}, *s->length);
    CPPUNIT_ASSERT(s->timestamp == 1 && s->expiry == 2);
  }

  // A tag more, less or other than in kGood, and what is wrong with it.
  void signatures() {
    CPPUNIT_ASSERT(parseSignature(kGood).ok());
    const struct {
      const char *from, *to, *why;
    } kTable[] = {
        {"v=1; ", "", "no v="},
        {"v=1", "v=2", "unknown version"},
        {"a=rsa-sha256; ", "", "no a="},
        {"rsa-sha256", "rsa-sha512", "unknown algorithm"},
        {"d=example.org; ", "", "no d="},
        {"d=example.org", "d=", "no d="},
        {"d=example.org", "d=exa..org", "d= is no domain name"},
        {"s=sel", "s=s!", "s= is no domain name"},
        {"h=from:to; ", "", "no h="},
        {"h=from:to", "h=from::to", "h= is no list of field names"},
        {"h=from:to", "h=fr om", "h= is no list of field names"},
        {"bh=YQ==", "bh=?", "bh= is no base64"},
        {"b=Yg==", "b=", "no b="},
        {"b=Yg==", "b=Yg", "b= is no base64"},
        {"v=1", "v=1; c=strict", "unknown canonicalisation"},
        {"v=1", "v=1; c=simple/", "unknown canonicalisation"},
        {"v=1", "v=1; l=-1", "l= is no length"},
        {"v=1", "v=1; t=x", "t= is no time"},
        {"v=1", "v=1; x=1234567890123", "x= is no time"},
        {"v=1", "v=1; t=5; x=5", "x= is not after t="},
        {"v=1", "v=1; i=example.org", "i= is no identity"},
        {"v=1", "v=1; i=a@example.net", "i= is not below d="},
        {"v=1", "v=1; i=a@notexample.org", "i= is not below d="},
        {"v=1", "v=1; i=a=4@example.org", "i= is no identity"},
        {"v=1", "v=1; q=http", "q= has no known method"},
        {"v=1", "v=1; v=1", "tag v occurs twice"},
    };
    for (const auto& c : kTable) {
      std::string text = kGood;
      text.replace(text.find(c.from), std::string(c.from).size(), c.to);
      const auto s = parseSignature(text);
      CPPUNIT_ASSERT_MESSAGE(text, !s.ok());
      CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string(c.why), s.error().text);
    }
    // Who reports it can name it all the same.
    Signature partial;
    CPPUNIT_ASSERT(!parseSignature("v=1; d=Example.org; s=x; a=what", &partial).ok());
    CPPUNIT_ASSERT_EQUAL(std::string("example.org"), partial.domain);
    // A length that no number holds is longer than every body.
    CPPUNIT_ASSERT(parseSignature(std::string(kGood) + "; l=" + std::string(76, '9'))->length == UINT64_MAX);
    CPPUNIT_ASSERT(!parseSignature(std::string(kGood) + "; l=" + std::string(77, '9')).ok());
  }

  void records() {
    const auto r = parseRecord("v=DKIM1; k=rsa; h=sha1 : sha256; s=email; t=y:s; n=a note; g=*; p=YQ==");
    CPPUNIT_ASSERT(r.ok());
    CPPUNIT_ASSERT(r->type == KeyType::Rsa && !r->anyHash && r->email && r->testing && r->strict);
    CPPUNIT_ASSERT(r->allows(Hash::Sha256) && r->allows(Hash::Sha1));
    CPPUNIT_ASSERT_EQUAL(std::string("a"), r->key);
    CPPUNIT_ASSERT(!parseRecord("h=sha1; p=YQ==")->allows(Hash::Sha256));
    CPPUNIT_ASSERT(parseRecord("p=")->revoked());
    CPPUNIT_ASSERT(!parseRecord("p=YQ==; s=tlsrpt")->email);
    CPPUNIT_ASSERT(parseRecord("p=YQ==; s=tlsrpt:*")->email);
    CPPUNIT_ASSERT(parseRecord("k=ed25519; p=YQ==")->type == KeyType::Ed25519);
    for (const char* bad :
         {"", "v=DKIM1", "v=DKIM2; p=YQ==", "p=YQ==; v=DKIM1", "k=dsa; p=YQ==", "p=?", "p=YQ==; p=YQ=="})
      CPPUNIT_ASSERT_MESSAGE(bad, !parseRecord(bad).ok());
    CPPUNIT_ASSERT(looksLikeRecord("p="));
    CPPUNIT_ASSERT(!looksLikeRecord("v=spf1 -all"));
    CPPUNIT_ASSERT(!looksLikeRecord("some words"));
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SyntaxTest);

}  // namespace
}  // namespace ph_mailauth::dkim
