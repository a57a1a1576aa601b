// DMARC as a whole: discovery both ways, alignment, several authors, what is asked for.
#include "dmarc/check.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include "dmarc/override.hpp"
#include "scripted_resolver.hpp"

namespace {

using namespace ph_mailauth;
using Type = ph::DnsType;

class DmarcCheckTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(DmarcCheckTest);
  CPPUNIT_TEST(discovery);
  CPPUNIT_TEST(treeWalk);
  CPPUNIT_TEST(alignment);
  CPPUNIT_TEST(temporary);
  CPPUNIT_TEST(nonexistent);
  CPPUNIT_TEST(authors);
  CPPUNIT_TEST(severalAuthors);
  CPPUNIT_TEST(sampling);
  CPPUNIT_TEST(overrides);
  CPPUNIT_TEST_SUITE_END();

 public:
  void setUp() override { dns = ScriptedResolver(); }

  void discovery() {
    record("example.co.uk", "v=DMARC1; p=reject");
    record("own.example.co.uk", "v=DMARC1; p=none");
    record("two.example.co.uk", "v=DMARC1; p=none");
    record("two.example.co.uk", "v=DMARC1; p=reject");
    record("other.example.co.uk", "something else");
    record("co.uk", "v=DMARC1; p=reject");
    CPPUNIT_ASSERT_EQUAL(std::string("example.co.uk"), where("example.co.uk"));
    CPPUNIT_ASSERT_EQUAL(std::string("example.co.uk"), where("a.b.example.co.uk"));
    CPPUNIT_ASSERT_EQUAL(std::string("example.co.uk"), where("other.example.co.uk"));
    CPPUNIT_ASSERT_EQUAL(std::string("own.example.co.uk"), where("own.example.co.uk"));
    CPPUNIT_ASSERT_EQUAL(std::string("permerror"), where("two.example.co.uk"));
    CPPUNIT_ASSERT_EQUAL(std::string("none"), where("elsewhere.co.uk"));
    CPPUNIT_ASSERT_EQUAL(std::string("example.co.uk"), listedOrganisation("x.y.example.co.uk"));
    CPPUNIT_ASSERT_EQUAL(std::string("co.uk"), listedOrganisation("co.uk"));
    CPPUNIT_ASSERT(isPublicSuffix("co.uk") && !isPublicSuffix("example.co.uk"));
  }

  void treeWalk() {
    walk = true;
    record("example.com", "v=DMARC1; p=reject");
    record("mail.example.com", "v=DMARC1; p=none; psd=n");
    record("gov.example", "v=DMARC1; p=reject; psd=y");
    CPPUNIT_ASSERT_EQUAL(std::string("example.com"), where("a.b.example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("mail.example.com"), where("x.mail.example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("gov.example"), where("tax.gov.example"));
    DmarcDiscovery d(dns, true);
    CPPUNIT_ASSERT_EQUAL(std::string("example.com"), d.organisation("a.b.example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("mail.example.com"), d.organisation("x.mail.example.com"));
    CPPUNIT_ASSERT_EQUAL(std::string("tax.gov.example"), d.organisation("a.tax.gov.example"));
    CPPUNIT_ASSERT_EQUAL(std::string("nothing.example"), d.organisation("nothing.example"));
    dns.asked.clear();
    CPPUNIT_ASSERT_EQUAL(std::string("none"), where("a.b.c.d.e.f.g.h.i.j.k.example.net"));
    CPPUNIT_ASSERT_EQUAL(size_t{8}, dns.asked.size());
    CPPUNIT_ASSERT_EQUAL(std::string("_dmarc.g.h.i.j.k.example.net 16"), dns.asked[1]);
  }

  void alignment() {
    record("example.org", "v=DMARC1; p=reject");
    record("strict.example.com", "v=DMARC1; p=quarantine; adkim=s; aspf=s");
    const struct {
      const char* author;
      SpfStatus spf;
      const char* spfDomain;
      DkimStatus dkim;
      const char* dkimDomain;
      const char* status;
    } table[] = {
        {"example.org", SpfStatus::Pass, "example.org", DkimStatus::None, "", "pass"},
        {"example.org", SpfStatus::Pass, "Bounce.Example.ORG", DkimStatus::None, "", "pass"},
        {"a.example.org", SpfStatus::Pass, "b.example.org", DkimStatus::None, "", "pass"},
        {"example.org", SpfStatus::Pass, "example.net", DkimStatus::Fail, "example.org", "fail"},
        {"example.org", SpfStatus::SoftFail, "example.org", DkimStatus::Pass, "m.example.org", "pass"},
        {"example.org", SpfStatus::Neutral, "example.org", DkimStatus::Policy, "example.org", "fail"},
        {"example.org", SpfStatus::Pass, "notexample.org", DkimStatus::Pass, "org", "fail"},
        {"strict.example.com", SpfStatus::Pass, "strict.example.com", DkimStatus::None, "", "pass"},
        {"strict.example.com", SpfStatus::Pass, "example.com", DkimStatus::Pass, "a.strict.example.com", "fail"},
        {"example.net", SpfStatus::Pass, "example.net", DkimStatus::Pass, "example.net", "none"},
    };
    for (const auto& row : table) {
      DmarcQuery q;
      q.authors = {1, {row.author}, false};
      q.spf = row.spf;
      q.spfDomain = row.spfDomain;
      q.dkim.resize(1);
      q.dkim[0].status = row.dkim;
      q.dkim[0].domain = row.dkimDomain;
      CPPUNIT_ASSERT_EQUAL_MESSAGE(row.spfDomain, std::string(row.status), status(q));
    }
    CPPUNIT_ASSERT_EQUAL(std::string("none"), std::string(name(last.policy)));
  }

  // A failure for now of somebody else's check does not spare a message.
  void temporary() {
    record("example.org", "v=DMARC1; p=reject");
    DmarcQuery q;
    q.authors = {1, {"example.org"}, false};
    q.spf = SpfStatus::TempError;
    q.spfDomain = "example.org";
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), status(q));
    CPPUNIT_ASSERT(dispositionOf(last, 0) == DmarcPolicy::None);
    q.spfDomain = "example.net";
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status(q));
    q.dkim.resize(1);
    q.dkim[0].status = DkimStatus::TempError;
    q.dkim[0].domain = "example.org";
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), status(q));
    q.dkim[0].status = DkimStatus::Pass;
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status(q));
    dns.fail("_dmarc.example.org", Type::Txt);
    CPPUNIT_ASSERT_EQUAL(std::string("temperror"), status(q));
  }

  void nonexistent() {
    record("example.org", "v=DMARC1; p=none; sp=quarantine; np=reject");
    dns.add("real.example.org", Type::A, "192.0.2.1");
    for (const auto& [author, policy] : {std::pair{"example.org", "none"}, std::pair{"real.example.org", "quarantine"},
                                         std::pair{"unreal.example.org", "reject"}}) {
      DmarcQuery q;
      q.authors = {1, {author}, false};
      CPPUNIT_ASSERT_EQUAL(std::string("fail"), status(q));
      CPPUNIT_ASSERT_EQUAL(std::string(policy), std::string(name(last.policy)));
    }
  }

  void authors() {
    const auto domains = [](const char* header) {
      std::string out;
      for (const auto& d : authorsOf(header).domains) out += d + " ";
      return out;
    };
    CPPUNIT_ASSERT_EQUAL(std::string("example.org "), domains("From: Ann <ann@Example.ORG>\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("example.org "), domains("From: \"x@evil.example\" <ann@example.org>\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("a.example b.example "),
                         domains("From: a@a.example, b@b.example, c@a.example\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("a.example b.example "),
                         domains("From: a@a.example\r\nfrom: b@b.example\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("a.example "), domains("From: group: a@a.example;\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string("xn--bcher-kva.example "), domains("From: x@b\xc3\xbc"
                                                                        "cher.example\r\n\r\n"));
    CPPUNIT_ASSERT_EQUAL(std::string(), domains("From: undisclosed:;\r\n\r\nFrom: a@a.example\r\n"));
    std::string many = "From: ";
    for (int i = 0; i < 20; ++i) many += "x@d" + std::to_string(i) + ".example, ";
    CPPUNIT_ASSERT(authorsOf(many + "\r\n\r\n").tooMany);
  }

  void severalAuthors() {
    record("good.example", "v=DMARC1; p=reject");
    record("quiet.example", "v=DMARC1; p=none");
    record("loud.example", "v=DMARC1; p=quarantine");
    DmarcQuery q;
    q.spf = SpfStatus::Pass;
    q.spfDomain = "good.example";
    q.authors = {1, {"good.example", "quiet.example", "loud.example"}, false};
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status(q));
    CPPUNIT_ASSERT_EQUAL(std::string("loud.example"), last.domain);
    q.authors.domains = {"good.example"};
    CPPUNIT_ASSERT_EQUAL(std::string("pass"), status(q));
    q.authors.domains = {"good.example", "nothing.example"};
    CPPUNIT_ASSERT_EQUAL(std::string("none"), status(q));
    q.authors.domains.clear();
    CPPUNIT_ASSERT_EQUAL(std::string("none"), status(q));
    q.authors.tooMany = true;
    CPPUNIT_ASSERT_EQUAL(std::string("permerror"), status(q));
  }

  void sampling() {
    record("example.org", "v=DMARC1; p=reject; pct=30");
    record("try.example", "v=DMARC1; p=reject; t=y");
    DmarcQuery q;
    q.authors = {1, {"example.org"}, false};
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status(q));
    unsigned drawn = 0;
    for (unsigned draw = 0; draw < 100; ++draw) drawn += dispositionOf(last, draw) == DmarcPolicy::Reject ? 1 : 0;
    CPPUNIT_ASSERT_EQUAL(30U, drawn);
    q.authors.domains = {"try.example"};
    CPPUNIT_ASSERT_EQUAL(std::string("fail"), status(q));
    CPPUNIT_ASSERT(dispositionOf(last, 0) == DmarcPolicy::None);
  }

  void overrides() {
    CPPUNIT_ASSERT(!overrideOf(std::nullopt, std::nullopt) && !overrideOf("", ""));
    CPPUNIT_ASSERT_EQUAL(std::string("mailing_list"), overrideOf("local_policy arc=pass", "mailing_list")->reason);
    const auto arc = overrideOf("local_policy arc=pass", std::nullopt);
    CPPUNIT_ASSERT(arc && arc->reason == "local_policy" && arc->comment == "arc=pass");
    const auto other = overrideOf("because", std::nullopt);
    CPPUNIT_ASSERT(other && other->reason == "other" && other->comment == "because");
  }

 private:
  void record(const std::string& domain, const std::string& text) { dns.add("_dmarc." + domain, Type::Txt, text); }

  // Where the record for `domain` is, or why there is none.
  std::string where(const std::string& domain) {
    DmarcDiscovery discovery(dns, walk);
    const auto found = discovery.find(domain);
    switch (found.status) {
      case DmarcPublished::Status::Found:
        return found.domain;
      case DmarcPublished::Status::None:
        return "none";
      case DmarcPublished::Status::TempError:
        return "temperror";
      default:
        return "permerror";
    }
  }

  std::string status(const DmarcQuery& q) {
    DmarcDiscovery discovery(dns, walk);
    last = checkDmarc(q, discovery);
    return std::string(name(last.status));
  }

  ScriptedResolver dns;
  DmarcResult last;
  bool walk = false;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DmarcCheckTest);

}  // namespace
