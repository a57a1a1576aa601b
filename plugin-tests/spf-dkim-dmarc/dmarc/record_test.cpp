// DMARC records: tags, defaults, what is passed over and what makes a record useless.
#include "dmarc/record.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace {

using namespace ph_mailauth;

class DmarcRecordTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DmarcRecordTest);
  CPPUNIT_TEST(tags);
  CPPUNIT_TEST(defaults);
  CPPUNIT_TEST(brokenValues);
  CPPUNIT_TEST(uselessRecords);
  CPPUNIT_TEST(addresses);
  CPPUNIT_TEST(subdomains);
  CPPUNIT_TEST_SUITE_END();

 public:
  void tags() {
    const auto r = DmarcRecord::parse(
        "v = DMARC1 ;p=reject; sp=quarantine;NP=none; pct=20; adkim=s; aspf=S; ri=3600; fo=1:d; psd=n; t=y;"
        " rua=mailto:a@example.org!10m , mailto:b@example.net; ruf=mailto:f@example.org; unknown=x;");
    CPPUNIT_ASSERT(r && r->policy == DmarcPolicy::Reject && r->subdomainPolicy == DmarcPolicy::Quarantine);
    CPPUNIT_ASSERT(r->nonexistentPolicy == DmarcPolicy::None && r->percent == 20 && r->strictDkim && r->strictSpf);
    CPPUNIT_ASSERT(r->interval == 3600 && r->failureOptions == "1:d" && r->publicSuffix == 'n' && r->testing);
    CPPUNIT_ASSERT_EQUAL(size_t{2}, r->aggregate.size());
    CPPUNIT_ASSERT_EQUAL(std::string("a@example.org"), r->aggregate[0].mailbox());
    CPPUNIT_ASSERT_EQUAL(uint64_t{10} << 20, r->aggregate[0].maxSize);
    CPPUNIT_ASSERT_EQUAL(uint64_t{0}, r->aggregate[1].maxSize);
    CPPUNIT_ASSERT_EQUAL(size_t{1}, r->failure.size());
  }

  void defaults() {
    const auto r = DmarcRecord::parse("v=DMARC1; p=none");
    CPPUNIT_ASSERT(r && !r->subdomainPolicy && !r->nonexistentPolicy && r->percent == 100 && r->interval == 86400);
    CPPUNIT_ASSERT(!r->strictDkim && !r->strictSpf && r->aggregate.empty() && r->publicSuffix == 'u' && !r->testing);
  }

  // RFC 7489 6.3: defaults instead of what is broken.
  void brokenValues() {
    const auto r =
        DmarcRecord::parse("v=DMARC1; p=reject; pct=101; ri=-1; adkim=x; np=never; =; ; rua=nothing,mailto:@x");
    CPPUNIT_ASSERT(r && r->policy == DmarcPolicy::Reject && r->percent == 100 && r->interval == 86400 &&
                   !r->strictDkim);
    CPPUNIT_ASSERT(r->aggregate.empty() && !r->nonexistentPolicy);
  }

  // RFC 7489 6.6.3, step 6.
  void uselessRecords() {
    for (const char* no : {"", "v=DMARC2; p=reject", "v=dmarc1; p=reject", "p=reject; v=DMARC1", "v=DMARC1",
                           "v=DMARC1; p=x", "v=DMARC1; p=reject; sp=x", "v=DMARC1x; p=none"}) {
      CPPUNIT_ASSERT_MESSAGE(no, !DmarcRecord::parse(no));
    }
    for (const char* none : {"v=DMARC1; rua=mailto:a@b.example", "v=DMARC1; p=reject; sp=x; rua=mailto:a@b.example"}) {
      const auto r = DmarcRecord::parse(none);
      CPPUNIT_ASSERT_MESSAGE(none, r && r->policy == DmarcPolicy::None);
    }
  }

  void addresses() {
    const auto mailbox = [](const char* uri) { return DmarcUri{uri, 0}.mailbox(); };
    CPPUNIT_ASSERT_EQUAL(std::string("a,b!c@example.org"), mailbox("mailto:a%2Cb%21c@example.org"));
    CPPUNIT_ASSERT_EQUAL(std::string("a@example.org"), mailbox("MAILTO:a@example.org?subject=x"));
    for (const char* bad : {"https://example.org/a@b", "mailto:", "mailto:a", "mailto:a@", "mailto:a%0d%0ab@c.example",
                            "mailto:a%zzb@c"}) {
      CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, std::string(), mailbox(bad));
    }
    const auto sizes = DmarcRecord::parse(
        "v=DMARC1;p=none;rua=mailto:a@b.c!5,mailto:a@b.c!1k,mailto:a@b.c!9999999999999t,mailto:a@b.c!x");
    CPPUNIT_ASSERT_EQUAL(size_t{3}, sizes->aggregate.size());
    CPPUNIT_ASSERT(sizes->aggregate[0].maxSize == 5 && sizes->aggregate[1].maxSize == 1024 &&
                   sizes->aggregate[2].maxSize == UINT64_MAX);
  }

  void subdomains() {
    const auto r = *DmarcRecord::parse("v=DMARC1; p=none; sp=quarantine; np=reject");
    CPPUNIT_ASSERT(r.policyFor(true, true) == DmarcPolicy::None && r.policyFor(false, true) == DmarcPolicy::Quarantine);
    CPPUNIT_ASSERT(r.policyFor(false, false) == DmarcPolicy::Reject);
    CPPUNIT_ASSERT(DmarcRecord::parse("v=DMARC1; p=reject")->policyFor(false, false) == DmarcPolicy::Reject);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DmarcRecordTest);

}  // namespace
